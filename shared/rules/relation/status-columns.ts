import sql, { join, type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { literal, literals } from '../../database/sql/identifier.ts';
import { type FlowModel, masterStatusMap, masterVocabulary } from '../../flow/model.ts';
import type { FlowColumns } from './flow-columns.ts';

/** What the child should say. An ended flow is never called back to life. */
export function statusWanted(facts: FlowColumns, { statuses }: FlowModel): Sql {
  return sql`case when not ${facts.open} then ${facts.status}
    when ${facts.status} in ${literals(statuses.working)} and ${facts.awaits_approval} then ${literal(statuses.wait)}
    when ${facts.status} in ${literals([...statuses.working, ...statuses.waiting])} and ${facts.phase_open} is null
      then ${literal(statuses.complete)}
    else ${facts.status} end`;
}

/** False for a word of the platform that this install does not take. */
export function masterStatusAccepted(model: FlowModel, catalog: Catalog, status: Sql): Sql {
  const refused = masterVocabulary(model).filter((word) => !catalog.masterStatuses.has(word));
  return refused.length === 0 ? sql`true` : sql`coalesce(${status} not in ${literals(refused)}, true)`;
}

/** The stored master status where it is in step already, else the best one that this install takes. */
export function masterStatusWanted(facts: FlowColumns, model: FlowModel, catalog: Catalog): Sql {
  // A CASE is read from the top: most flows have ended.
  const ended = ([status]: [string, string[]]) => (model.statuses.ended.includes(status) ? 0 : 1);
  const pairs = Object.entries(masterStatusMap(model)).sort((a, b) => ended(a) - ended(b));
  const cases = pairs.map(
    ([status]) => sql`when ${literal(status)} then ${masterStatusFor(status, model, catalog, facts.master_status)}`,
  );
  return sql`case wanted.status_wanted ${join(cases, ' ')} else ${facts.master_status} end`;
}

/** The same for a child with this status. */
export function masterStatusFor(status: string, model: FlowModel, catalog: Catalog, stored: Sql): Sql {
  const inStep = masterStatusMap(model)[status] ?? [];
  const accepted = inStep.filter((candidate) => catalog.masterStatuses.has(candidate));
  const [best] = accepted;
  if (best === undefined) return stored;
  return sql`case when ${stored} in ${literals(accepted)} then ${stored} else ${literal(best)} end`;
}
