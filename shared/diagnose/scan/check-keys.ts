import sql, { join } from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column } from '../../database/sql/identifier.ts';
import { columnOf } from '../../database/sql/table.ts';
import { Failure } from '../../failure.ts';
import type { Install } from '../../rules/rule/rule-set.ts';
import type { Session } from '../../session.ts';

const Rows = z.array(z.object({ key: z.number(), value: z.string().nullable() }));

/**
 * Makes sure that each flow and each of its records is one row: a view may show one twice, or without its id, and every
 * count of flows would be wrong. What the catalog vouches for is not read, which on most installs is everything.
 * @throws Failure `wrong-data`, naming table and column
 */
export async function checkKeys({ reader, ...install }: Session): Promise<void> {
  const keys = keysOf(install).filter(({ table, name }) => !columnOf(table, name).identifies);
  if (keys.length === 0) return;
  const broken = keys.map(({ table, name, needed }, index) => {
    const value = column('r', name);
    const missing = needed ? sql`${value} is null or` : sql`${value} is not null and`;
    return sql`(select ${index}::int as key, ${value}::text as value from ${recordSource(table)} r
      group by ${value} having ${missing} count(*) > 1 limit 1)`;
  });
  const [first] = Rows.parse(
    await reader.read(sql`select * from (${join(broken, ' union all ')}) one order by key limit 1`),
  );
  const found = keys[first?.key ?? -1];
  if (!first || !found) return;
  const what = first.value === null ? 'is NULL in a row' : `holds ${first.value} in several rows`;
  throw new Failure('wrong-data', `${found.table.schema}.${found.table.name}: ${found.name} ${what}.`, {
    next: 'Flows and their records are told apart by it, and could not be counted. Nothing was changed.',
  });
}

/** What each record of a flow is found by. Masters without a flow id are allowed: no flow can point to them. */
function keysOf({ model, catalog }: Pick<Install, 'model' | 'catalog'>) {
  const { child, master } = model;
  const all = [
    { table: catalog.child, name: child.columns.id, needed: true },
    { table: catalog.child, name: child.columns.flowId, needed: true },
    { table: catalog.master, name: master.columns.id, needed: true },
    { table: catalog.master, name: master.columns.flowId, needed: false },
    { table: catalog.import, name: model.import.columns.id, needed: true },
  ];
  return all.filter(({ table }) => table.exists);
}
