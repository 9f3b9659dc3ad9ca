import sql, { raw, type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { column } from '../../database/sql/identifier.ts';
import { type JsonExpression, jsonType, member, unpackable } from '../../database/sql/json-column.ts';
import { isText, readableText, takesAnyBytes } from '../../database/sql/readable-text.ts';
import { typeOf } from '../../database/sql/table.ts';
import type { FlowModel } from '../../flow/model.ts';

/**
 * The columns of the joined records by their names in the flow model, wherever the relation reads them. Each is made when it
 * is asked for.
 */
export interface RecordColumns {
  child(name: keyof FlowModel['child']['columns']): Sql;
  master(name: keyof FlowModel['master']['columns']): Sql;
  import(name: keyof FlowModel['import']['columns']): Sql;
  /** The flags of the phases, in their order. */
  readonly flags: readonly Sql[];
  readonly childMappings: JsonExpression;
  /** NULL where it cannot be looked into. */
  readonly persistence: JsonExpression;
  /** The mappings inside the persistence data. */
  readonly masterMappings: JsonExpression;
  /** What links of imports to this flow hold. */
  readonly linkKey: Sql;
  /** A text of the child or the master as it can be passed on. */
  passable(text: Sql): Sql;
}

export const NO_TENANT = raw(`'00000000-0000-0000-0000-000000000000'`);

/** Finds a stored column of one of the three records in the source of the relation. */
export type Place = (record: 'child' | 'master' | 'import', stored: string) => Sql;

/**
 * What stands for NULL where an install allows it in a column that the platform always sets: a view, a migration half done.
 * Such a flow is judged like any other, by an empty status, a tenant that nobody has, a time before all times.
 */
const UNSET: Partial<Record<keyof FlowModel['child']['columns'], (value: Sql) => Sql>> = {
  status: (value) => sql`coalesce(${value}::text, '')`,
  client: (value) => sql`coalesce(${value}, ${NO_TENANT})`,
  engagement: (value) => sql`coalesce(${value}, ${NO_TENANT})`,
  createdAt: (value) => sql`coalesce(${value}, '-infinity')`,
  updatedAt: (value) => sql`coalesce(${value}, '-infinity')`,
};

/** Types of which every value is a count. Another one may hold what no `integer` does: it is taken as NULL. */
const COUNTS = ['smallint', 'integer'];
const RANGE_OF_INTEGER = raw('-2147483648 and 2147483647');

const ALIAS = { child: 'c', master: 'm', import: 'i' };

/** Each record behind an alias of its own: `c`, `m`, `i`. */
export const behindAliases: Place = (record, stored) => column(ALIAS[record], stored);

export function recordColumns(model: FlowModel, catalog: Catalog, place: Place = behindAliases): RecordColumns {
  const { child, master } = model;
  const persistence = () =>
    unpackable({
      value: place('master', master.columns.persistence),
      ...jsonType(catalog.master, master.columns.persistence),
    });
  // What is only looked at must not keep a whole fleet from being judged: repairs compare what is stored.
  const passable = (text: Sql) => (takesAnyBytes(catalog.child) ? readableText(text) : text);
  const read = (record: 'child' | 'master' | 'import', stored: string) =>
    isText(catalog[record], stored) ? passable(place(record, stored)) : place(record, stored);
  const nullable = (stored: string) => catalog.child.columns.some(({ name, notNull }) => name === stored && !notNull);
  const ofChild = (stored: string, unset: (value: Sql) => Sql = (value) => value) =>
    nullable(stored) ? unset(read('child', stored)) : read('child', stored);
  const counted = (record: 'master' | 'import', stored: string) => {
    const value = place(record, stored);
    return COUNTS.includes(typeOf(catalog[record], stored))
      ? value
      : sql`case when ${value} between ${RANGE_OF_INTEGER} then ${value} end`;
  };
  return {
    child: (name) => ofChild(child.columns[name], UNSET[name]),
    master: (name) =>
      name === 'retries' ? counted('master', master.columns[name]) : read('master', master.columns[name]),
    import: (name) =>
      name === 'totalRecords'
        ? counted('import', model.import.columns[name])
        : read('import', model.import.columns[name]),
    get flags() {
      return model.phases.map((phase) => ofChild(phase.flag, (flag) => sql`coalesce(${flag}, false)`));
    },
    get childMappings() {
      return {
        value: place('child', child.columns.mappings),
        ...jsonType(catalog.child, child.columns.mappings),
      };
    },
    get persistence() {
      return persistence();
    },
    get masterMappings() {
      return member(persistence(), master.persistenceKeys.mappings);
    },
    get linkKey() {
      return place('master', catalog.linkTargets.import);
    },
    passable,
  };
}
