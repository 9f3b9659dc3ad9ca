import sql, { empty, join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { type Catalog, columnOf } from '../database/catalog.ts';
import { fullImage, guardImage } from '../database/guard-image.ts';
import { column, ident, tableIdent } from '../database/identifier.ts';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader, Transaction } from '../database/reader.ts';
import { WritableRecord } from './change.ts';
import type { Step } from './plan.ts';

export const KEY = 'id';

const Locked = z.object({
  table: z.string(),
  key: z.string(),
  guard: z.record(z.string(), z.string().nullable()),
  image: z.record(z.string(), z.string().nullable()),
});
export type LockedRow = z.infer<typeof Locked>;

/** Steps of one record kind: they share a table. */
export function stepsByRecord(steps: readonly Step[]): [Step['record'], Step[]][] {
  return WritableRecord.options
    .map((record): [Step['record'], Step[]] => [record, steps.filter((step) => step.record === record)])
    .filter(([, some]) => some.length > 0);
}

/**
 * Locks every row of a plan and reads it as it is now. Always in the order of `WritableRecord`, and by key within a table, so that
 * two repairs never wait for each other in a circle. FOR NO KEY UPDATE: neither readers nor foreign-key checks wait.
 */
export function lockRows(
  transaction: Transaction,
  catalog: Catalog,
  steps: readonly Step[],
): Promise<Map<string, LockedRow>> {
  return rowsOf(transaction, catalog, steps, sql`for no key update of t`);
}

/** The same rows as they are now, without a lock. */
export function readRows(reader: Reader, catalog: Catalog, steps: readonly Step[]): Promise<Map<string, LockedRow>> {
  return rowsOf(reader, catalog, steps, empty);
}

async function rowsOf(
  reader: Reader,
  catalog: Catalog,
  steps: readonly Step[],
  lock: Sql,
): Promise<Map<string, LockedRow>> {
  if (steps.length === 0) return new Map();
  const parts = stepsByRecord(steps).map(([record, some]) => ({
    name: ident(record),
    lock: sql`${ident(record)} as materialized (${lockTable(catalog, record, some, lock)})`,
  }));
  // Append reads its parts one after the other, so the tables are locked in the order of the parts.
  const rows = await reader.read(sql`
    with ${join(parts.map(({ lock }) => lock))}
    ${join(
      parts.map(({ name }) => sql`select * from ${name}`),
      ' union all ',
    )}`);
  const locked = parseAnswer(z.array(Locked), rows, 'A row of the plan');
  return new Map(locked.map((row) => [row.key, row]));
}

function lockTable(catalog: Catalog, record: Step['record'], steps: readonly Step[], lock: Sql): Sql {
  const table = catalog[record];
  const guarded = [...new Set(steps.flatMap((step) => Object.keys(step.guard)))];
  for (const name of guarded) columnOf(table, name);
  return sql`select ${record}::text as table, ${column('t', KEY)}::text as key,
      ${guardImage(table, 't', guarded)} as guard, ${fullImage(table, 't')} as image
    from ${tableIdent(table)} t
    where ${column('t', KEY)} = any(${steps.map((step) => step.key)}::uuid[])
    order by ${column('t', KEY)}
    ${lock}`;
}
