import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { guardFits, guardImage } from '../../database/sql/guard-image.ts';
import { column, ident, tableIdent } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader, Transaction } from '../../database/sql/reader.ts';
import { columnOf, type Table } from '../../database/sql/table.ts';
import type { Step } from '../document/plan.ts';
import { RowChange } from '../document/row-change.ts';
import { KEY } from './lock-rows.ts';
import { type Shape, shapesOf } from './step-shape.ts';

const OfStep = z.object({ flowId: z.string(), key: z.string() });

/** A step whose guard does not hold, with the guarded columns as they are now; null: the row is gone. */
const StaleRow = OfStep.extend({ now: z.record(z.string(), z.string().nullable()).nullable() });
export type StaleRow = z.infer<typeof StaleRow>;

/** What is kept of the changes. */
export const Kept = z.object({
  /** What was done to the rows; empty where it was not asked for. */
  changes: z.array(RowChange),
  /** What the receipt's statement returned; null where it recorded nothing. */
  recorded: z.unknown(),
});

const Written = Kept.extend({
  stale: z.array(StaleRow),
  /** Steps that should have been written and were not: a trigger or a policy kept the row from it. */
  unwritten: z.array(OfStep),
});
export type Written = z.infer<typeof Written>;

/** What the statement that writes makes of the rows. */
export interface Making {
  /** A text of one row `t` that was `o`, of the step `s` (flow_id, key, position): it is `change` in `changed`. */
  readonly ofRow: (table: Table, shape: Shape) => Sql;
  /** A JSON array that is answered as `changes`. It may read `changed` (change, position). */
  readonly answer: Sql;
  /** An INSERT that returns `recorded`; null: nothing is recorded. It may read `stale` (flow_id) too. */
  readonly record: Sql | null;
}

/** All of `changed` as the text of one JSON array: what the journal keeps. */
export const CHANGES = sql`'[' || coalesce(string_agg(change, ',' order by position), '') || ']'`;

/** The end of a statement that has `changed` and `stale`: it answers `Kept`. */
export function keptFrom(answer: Sql, record: Sql | null, more: Sql = empty): Sql {
  return sql`
    ${record === null ? empty : sql`, recorded as (${record})`}
    select ${more} ${answer} as changes, ${record === null ? sql`null` : sql`(select recorded from recorded)`} as recorded`;
}

/**
 * Compares the guards of all steps and writes the steps of every flow whose guards all hold, in one statement. The rows must
 * be locked. A flow with one stale row is left as it is, and told; the caller decides what that means for the others.
 */
export async function writeRows(
  send: Transaction['write'],
  catalog: Catalog,
  steps: readonly Step[],
  { ofRow, answer, record }: Making,
): Promise<Written> {
  const shapes = shapesOf(steps);
  if (shapes.length === 0) return { stale: [], unwritten: [], changes: [], recorded: null };
  const writing = shapes.map((shape, index) => ({ shape, index })).filter(({ shape }) => shape.writes.length > 0);
  const all = (parts: Sql[], none: Sql) => (parts.length === 0 ? none : join(parts, ' union all '));
  const nothing = sql`select null::uuid as flow_id, null::uuid as key, null::int as position, null::text as change where false`;
  const changed = writing.map(({ index }) => sql`select * from ${named('written', index)}`);
  const unwritten = writing.map(
    ({ index }) => sql`select s.flow_id, s.key, s.position from ${named('step', index)} s
      where not exists (select from ${named('written', index)} w where w.key = s.key)
        and s.flow_id not in (select flow_id from stale)`,
  );
  const rows = await send(sql`
    with ${checked(catalog, shapes)},
    ${join(
      writing.map(
        ({ shape, index }) =>
          sql`${named('written', index)} as (${updateOf(catalog, shape, index, ofRow(catalog[shape.record], shape))}),`,
      ),
      '',
    )}
    changed as materialized (${all(changed, nothing)})
    ${keptFrom(
      answer,
      record,
      sql`
      (select coalesce(json_agg(json_build_object('flowId', flow_id, 'key', key, 'now', now) order by position), '[]')
        from stale) as stale,
      (select coalesce(json_agg(json_build_object('flowId', flow_id, 'key', key) order by position), '[]')
        from (${all(unwritten, nothing)}) u) as unwritten,`,
    )}`);
  const [written] = parseAnswer(z.tuple([Written]), rows, 'What was written');
  return written;
}

/** The steps whose guard does not hold now. Locks nothing and writes nothing. */
export async function staleRows(reader: Reader, catalog: Catalog, steps: readonly Step[]): Promise<StaleRow[]> {
  const shapes = shapesOf(steps);
  if (shapes.length === 0) return [];
  const rows = await reader.read(sql`
    with ${checked(catalog, shapes)}
    select flow_id as "flowId", key, now from stale order by position`);
  return parseAnswer(z.array(StaleRow), rows, 'A row of the plan');
}

/** `step_n`: the steps of each shape with whether their guard holds; `stale`: those of all whose guard does not. */
function checked(catalog: Catalog, shapes: readonly Shape[]): Sql {
  return sql`
    ${join(shapes.map((shape, index) => sql`${named('step', index)} as materialized (${guardedSteps(catalog, shape)})`))},
    stale as materialized (${join(
      shapes.map((shape, index) => staleSteps(catalog, shape, index)),
      ' union all ',
    )})`;
}

/**
 * The steps of one shape with whether their guard holds. What is the same for all of them, as most statuses and flags are,
 * is said once.
 */
function guardedSteps(catalog: Catalog, { record, guarded, steps, writes }: Shape): Sql {
  const table = catalog[record];
  const given = [
    { name: 'flow_id', values: sql`${steps.map(({ step }) => step.flowId)}::uuid[]` },
    { name: 'key', values: sql`${steps.map(({ step }) => step.key)}::uuid[]` },
    { name: 'position', values: sql`${steps.map(({ position }) => position)}::int[]` },
  ];
  const textsOf = (name: string, texts: readonly (string | null)[]): Sql => {
    const [first = null] = texts;
    if (texts.every((text) => text === first)) return sql`${first}::text`;
    given.push({ name, values: sql`${[...texts]}::text[]` });
    return column('v', name);
  };
  const fits = guarded.map((name, index) => {
    const planned = steps.map(({ step }) => step.guard[name] ?? null);
    return guardFits(table, 't', name, textsOf(`g${index}`, planned));
  });
  const written = writes.flatMap(({ to }, index) => {
    if (to.kind === 'now') return [];
    const texts = steps.map(({ step }) => textOf(step, index));
    return [sql`${textsOf(writtenAs(index), texts)} as ${ident(writtenAs(index))}`];
  });
  return sql`select ${join([sql`v.flow_id, v.key, v.position`, ...written])},
      ${join([sql`${column('t', KEY)} is not null`, ...fits], ' and ')} as fits
    from unnest(${join(given.map(({ values }) => values))}) as v(${join(given.map(({ name }) => ident(name)))})
    left join ${tableIdent(table)} t on ${column('t', KEY)} = v.key`;
}

function staleSteps(catalog: Catalog, { record, guarded }: Shape, index: number): Sql {
  return sql`select s.flow_id, s.key, s.position,
      case when ${column('t', KEY)} is not null then ${guardImage(catalog[record], 't', guarded)} end as now
    from ${named('step', index)} s left join ${tableIdent(catalog[record])} t on ${column('t', KEY)} = s.key
    where not s.fits`;
}

/** Writes the steps of one shape and returns a text of each row. */
function updateOf(catalog: Catalog, { record, writes }: Shape, index: number, change: Sql): Sql {
  const table = catalog[record];
  const sets = writes.map(({ column: name, to }, position) => {
    const { type } = columnOf(table, name);
    const value = column('s', writtenAs(position));
    if (to.kind === 'now') return sql`${ident(name)} = now()`;
    // The catalog's type has no length: a value too long is an error here and is never cut.
    if (to.kind === 'text') return sql`${ident(name)} = ${value}::${raw(type)}`;
    return sql`${ident(name)} = ${withMember(column('t', name), type, to.key, value)}`;
  });
  return sql`
    update ${tableIdent(table)} t set ${join(sets)}
    from ${named('step', index)} s join ${tableIdent(table)} o on ${column('o', KEY)} = s.key
    where ${column('t', KEY)} = s.key and s.flow_id not in (select flow_id from stale)
    returning s.flow_id, s.key, s.position, ${change} as change`;
}

/** Sets one key of a json or jsonb object and leaves the others. */
function withMember(stored: Sql, type: string, key: string, json: Sql): Sql {
  const changed = sql`jsonb_set(coalesce(${stored}::jsonb, '{}'), array[${key}::text], ${json}::jsonb)`;
  return sql`${changed}::${raw(type)}`;
}

/** The column of a step that holds what one of its writes sets. */
function writtenAs(index: number): string {
  return `v${index}`;
}

function textOf(step: Step, index: number): string | null {
  const to = step.writes[index]?.to;
  if (to?.kind === 'text') return to.text;
  return to?.kind === 'member' ? to.json : null;
}

function named(what: string, index: number): Sql {
  return raw(`${what}_${index}`);
}
