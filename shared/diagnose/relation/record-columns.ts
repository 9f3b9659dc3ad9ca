import type { Sql } from 'sql-template-tag';
import { type Catalog, typeOf } from '../../database/catalog.ts';
import { column } from '../../database/identifier.ts';
import { type JsonExpression, member } from '../../database/json-column.ts';
import type { FlowModel } from '../../flow/model.ts';

/** The columns of the joined records by their names in the flow model, wherever the relation reads them. */
export interface RecordColumns {
  child(name: keyof FlowModel['child']['columns']): Sql;
  master(name: keyof FlowModel['master']['columns']): Sql;
  import(name: keyof FlowModel['import']['columns']): Sql;
  /** The flags of the phases, in their order. */
  readonly flags: readonly Sql[];
  readonly childMappings: JsonExpression;
  readonly persistence: JsonExpression;
  /** The mappings inside the persistence data. */
  readonly masterMappings: JsonExpression;
  /** What links of imports to this flow hold. */
  readonly linkKey: Sql;
}

/** Finds a stored column of one of the three records in the source of the relation. */
export type Place = (record: 'child' | 'master' | 'import', stored: string) => Sql;

const ALIAS = { child: 'c', master: 'm', import: 'i' };

/** Each record behind an alias of its own: `c`, `m`, `i`. */
export const behindAliases: Place = (record, stored) => column(ALIAS[record], stored);

export function recordColumns(model: FlowModel, catalog: Catalog, place: Place = behindAliases): RecordColumns {
  const { child, master } = model;
  const persistence = {
    value: place('master', master.columns.persistence),
    type: typeOf(catalog.master, master.columns.persistence),
  };
  return {
    child: (name) => place('child', child.columns[name]),
    master: (name) => place('master', master.columns[name]),
    import: (name) => place('import', model.import.columns[name]),
    flags: model.phases.map((phase) => place('child', phase.flag)),
    childMappings: {
      value: place('child', child.columns.mappings),
      type: typeOf(catalog.child, child.columns.mappings),
    },
    persistence,
    masterMappings: member(persistence, master.persistenceKeys.mappings),
    linkKey: place('master', catalog.linkTarget),
  };
}
