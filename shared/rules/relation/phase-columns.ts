import sql, { join, raw, type Sql } from 'sql-template-tag';
import { literal, literals } from '../../database/sql/identifier.ts';
import { hasKeys, type JsonExpression } from '../../database/sql/json-column.ts';
import { approvalPhase, type FlowModel } from '../../flow/model.ts';
import { progressSteps } from '../../flow/progress.ts';
import type { RecordColumns } from './record-columns.ts';

/** The stored phase by its name in the model; NULL for a name that it does not know. */
export function canonicalPhase(model: FlowModel, stored: Sql): Sql {
  const cases = model.phases.map(
    (phase) => sql`when ${stored} in ${literals([phase.name, ...phase.aliases])} then ${literal(phase.name)}`,
  );
  return sql`case ${join(cases, ' ')} end`;
}

export function flagsInOrder(flags: readonly Sql[]): Sql {
  const implied = flags.slice(1).map((flag, index) => sql`(${flags[index] ?? flag} or not ${flag})`);
  return implied.length === 0 ? sql`true` : sql`(${join(implied, ' and ')})`;
}

export function firstOpen(model: FlowModel, flags: readonly Sql[]): Sql {
  const cases = model.phases.map(
    (phase, index) => sql`when not ${flags[index] ?? sql`true`} then ${literal(phase.name)}`,
  );
  return sql`case ${join(cases, ' ')} end`;
}

export function phasesComplete(model: FlowModel, flags: readonly Sql[]): Sql {
  const names = model.phases.map(
    (phase, index) => sql`case when ${flags[index] ?? sql`false`} then ${literal(phase.name)} end`,
  );
  return sql`array_remove(array[${join(names)}]::text[], null)`;
}

/**
 * Looked up and not computed for each flow. Most flows have completed all phases: that is seen before anything is counted.
 */
export function progressWanted(flags: readonly Sql[], decimals: number): Sql {
  const count = join(
    flags.map((flag) => sql`${flag}::int`),
    ' + ',
  );
  const percentages = progressSteps(flags.length, decimals);
  return sql`case when ${join(flags, ' and ')} then 100::float8
    else ('{${raw(percentages.join(','))}}'::float8[])[1 + ${count}] end`;
}

/**
 * The flow stands in the phase whose result waits for a person, and the result is there. A current phase that is behind the
 * flags counts as the one that is open, and so does none at all: putting it right must not make a flow wait that nobody was
 * asked about.
 */
export function awaitsApproval(model: FlowModel, r: RecordColumns): Sql {
  const phase = approvalPhase(model);
  if (!phase) return sql`false`;
  const index = model.phases.indexOf(phase);
  const flags = [...r.flags.slice(0, index), sql`not ${r.flags[index] ?? sql`true`}`];
  const standing = model.phases.slice(0, index + 1);
  const has = (json: JsonExpression) => hasKeys(json, model.mappingsReservedKeys);
  // The cheap columns first: JSON is unpacked only for flows that stand in the phase.
  return sql`coalesce(
    coalesce(${r.child('phase')}::text in ${literals(standing.flatMap(({ name, aliases }) => [name, ...aliases]))}, true)
    and ${join(flags, ' and ')}
    and ${r.child('status')}::text not in ${literals(model.statuses.ended)}
    and (${has(r.childMappings)} or ${has(r.masterMappings)}),
    false
  )`;
}
