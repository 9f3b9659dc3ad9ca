import type { Sql } from 'sql-template-tag';
import { type Catalog, typeOf } from '../../database/catalog.ts';
import { column } from '../../database/identifier.ts';
import type { JsonExpression } from '../../database/json-column.ts';
import type { FlowModel } from '../../flow/model.ts';

/** The columns of the joined records by their names in the flow model, behind the aliases of the relation: c, m, i. */
export interface RecordColumns {
  child(name: keyof FlowModel['child']['columns']): Sql;
  master(name: keyof FlowModel['master']['columns']): Sql;
  import(name: keyof FlowModel['import']['columns']): Sql;
  /** The flags of the phases, in their order. */
  readonly flags: readonly Sql[];
  readonly childMappings: JsonExpression;
  readonly persistence: JsonExpression;
  /** What links of imports to this flow hold. */
  readonly linkKey: Sql;
}

export function recordColumns(model: FlowModel, catalog: Catalog): RecordColumns {
  return {
    child: (name) => column('c', model.child.columns[name]),
    master: (name) => column('m', model.master.columns[name]),
    import: (name) => column('i', model.import.columns[name]),
    flags: model.phases.map((phase) => column('c', phase.flag)),
    childMappings: {
      value: column('c', model.child.columns.mappings),
      type: typeOf(catalog.child, model.child.columns.mappings),
    },
    persistence: {
      value: column('m', model.master.columns.persistence),
      type: typeOf(catalog.master, model.master.columns.persistence),
    },
    linkKey: column('m', catalog.linkTarget),
  };
}
