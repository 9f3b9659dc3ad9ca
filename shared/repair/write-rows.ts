import sql, { join, raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { type Catalog, columnOf } from '../database/catalog.ts';
import { fullImage } from '../database/guard-image.ts';
import { column, ident, tableIdent } from '../database/identifier.ts';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Transaction } from '../database/reader.ts';
import { KEY } from './lock-rows.ts';
import type { Step } from './plan.ts';

const Written = z.object({ key: z.string(), image: z.record(z.string(), z.string().nullable()) });

/**
 * Writes every step of a plan in one statement, set-based: steps that set the same columns of the same table are one
 * UPDATE. Returns each written row in full, as the database, its triggers and constraints left it.
 */
export async function writeRows(
  transaction: Transaction,
  catalog: Catalog,
  steps: readonly Step[],
): Promise<Map<string, Record<string, string | null>>> {
  const groups = Object.values(
    Object.groupBy(
      steps.filter((step) => step.writes.length > 0),
      shapeOf,
    ),
  );
  const updates = groups.map((group, index) => {
    const name = raw(`written_${index}`);
    return { name, update: sql`${name} as (${updateStatement(catalog, group ?? [])})` };
  });
  if (updates.length === 0) return new Map();
  const rows = await transaction.write(sql`
    with ${join(
      updates.map(({ update }) => update),
      ', ',
    )} ${join(
      updates.map(({ name }) => sql`select * from ${name}`),
      ' union all ',
    )}`);
  return new Map(parseAnswer(z.array(Written), rows, 'A written row').map(({ key, image }) => [key, image]));
}

/** Steps of one shape can share an UPDATE: same table, same columns, same kinds of value. */
function shapeOf(step: Step): string {
  return JSON.stringify([
    step.record,
    step.writes.map(({ column, to }) => [column, to.kind, to.kind === 'member' ? to.key : '']),
  ]);
}

function updateStatement(catalog: Catalog, group: readonly Step[]): Sql {
  const [first] = group;
  if (!first) throw new TypeError('An update needs a step.');
  const table = catalog[first.record];
  const sets = first.writes.map(({ column: name, to }, index) => {
    const { type } = columnOf(table, name);
    const value = column('v', `v${index}`);
    if (to.kind === 'now') return sql`${ident(name)} = now()`;
    // The catalog's type has no length: a value too long is an error here and is never cut.
    if (to.kind === 'text') return sql`${ident(name)} = ${value}::${raw(type)}`;
    return sql`${ident(name)} = ${withMember(column('t', name), type, to.key, value)}`;
  });
  const values = first.writes.flatMap((write, index) =>
    write.to.kind === 'now' ? [] : [{ name: ident(`v${index}`), texts: group.map((step) => textOf(step, index)) }],
  );
  return sql`
    update ${tableIdent(table)} t set ${join(sets, ', ')}
    from unnest(${join(
      [sql`${group.map((step) => step.key)}::uuid[]`, ...values.map(({ texts }) => sql`${texts}::text[]`)],
      ', ',
    )}) as v(${join([ident('key'), ...values.map(({ name }) => name)], ', ')})
    where ${column('t', KEY)} = v.key
    returning ${column('t', KEY)}::text as key, ${fullImage(table, 't')} as image`;
}

/** Sets one key of a json or jsonb object and leaves the others. */
function withMember(stored: Sql, type: string, key: string, json: Sql): Sql {
  const changed = sql`jsonb_set(coalesce(${stored}::jsonb, '{}'), array[${key}::text], ${json}::jsonb)`;
  return sql`${changed}::${raw(type)}`;
}

function textOf(step: Step, index: number): string | null {
  const to = step.writes[index]?.to;
  if (to?.kind === 'text') return to.text;
  return to?.kind === 'member' ? to.json : null;
}
