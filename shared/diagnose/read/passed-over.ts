import sql, { join, type Sql } from 'sql-template-tag';
import { column, literal } from '../../database/sql/identifier.ts';
import { isPassedOver, jsonType } from '../../database/sql/json-column.ts';
import { isStored } from '../../database/sql/table.ts';
import type { FlowModel } from '../../flow/model.ts';
import type { Install } from '../../rules/rule/rule-set.ts';

/** JSON: the columns of a flow, `table.column`, that hold a JSON text which nothing can be taken out of. */
export function passedOver({ model, catalog }: Install): Sql {
  const all = [
    ...looked('child', 'c', [
      model.child.columns.mappings,
      ...model.phases.flatMap(({ completeWhen }) => completeWhen?.jsonColumn ?? []),
    ]),
    ...looked('master', 'm', Object.values(model.master.columns)),
  ];
  const named = all
    .filter(({ record, name }) => isStored(catalog[record], name) && jsonType(catalog[record], name).type === 'json')
    .map(({ record, alias, name }) => {
      const json = { value: column(alias, name), ...jsonType(catalog[record], name) };
      return sql`case when ${isPassedOver(json)} then ${literal(`${model[record].table}.${name}`)} end`;
    });
  return named.length === 0 ? sql`'[]'::json` : sql`to_json(array_remove(array[${join(named)}]::text[], null))`;
}

function looked(record: 'child' | 'master', alias: string, names: readonly string[]) {
  return [...new Set(names)].map((name) => ({ record, alias, name }));
}

/** Why something may be there that is not seen. */
export function passedOverNotices(columns: readonly string[], { kind }: FlowModel): string[] {
  return columns.map(
    (name) =>
      `${name} of this ${kind} flow holds JSON that PostgreSQL cannot look into (an escaped NUL, half of a surrogate pair, a number too large; before PostgreSQL 16 any surrogate or exponent): nothing was read out of it`,
  );
}
