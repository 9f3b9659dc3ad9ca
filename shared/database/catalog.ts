import { z } from 'zod';
import { Failure } from '../failure.ts';
import { type FlowModel, masterStatusMap } from '../flow/model.ts';
import { allowedValues } from './allowed-values.ts';
import { catalogStatement } from './catalog-statement.ts';
import type { TableName } from './identifier.ts';
import type { Reader } from './reader.ts';

const Column = z.object({
  name: z.string(),
  /** Type without its length, as PostgreSQL writes it: `character varying`, `jsonb`, `uuid` … */
  type: z.string(),
  /** Most characters a varchar(n) takes. */
  length: z.number().nullable(),
  notNull: z.boolean(),
  generated: z.boolean(),
  /** The values of an enum type, else null. */
  labels: z.array(z.string()).nullable(),
  readable: z.boolean(),
});

const Table = z.object({
  schema: z.string(),
  name: z.string(),
  view: z.boolean(),
  readable: z.boolean(),
  writable: z.boolean(),
  columns: z.array(Column),
  checks: z.array(z.object({ name: z.string(), columns: z.array(z.string()).nullable(), expression: z.string() })),
  foreign_keys: z.array(
    z.object({ name: z.string(), column: z.string(), targetTable: z.string(), targetColumn: z.string() }),
  ),
});

export type Column = z.infer<typeof Column>;
export type Table = z.infer<typeof Table>;

/** What this install's database really looks like, as far as the flow model names it. */
export interface Catalog {
  readonly schema: string;
  readonly child: Table;
  readonly master: Table;
  readonly import: Table;
  /** Undefined where the install has no such table. */
  readonly rawRecords: Table | undefined;
  /** The master's column that links from imports point to on this install: see {@link linkTarget}. */
  readonly linkTarget: string;
  /** The statuses of the flow model that this install's child and master accept. */
  readonly childStatuses: ReadonlySet<string>;
  readonly masterStatuses: ReadonlySet<string>;
}

/**
 * Reads the live catalog: two statements.
 * @throws Failure `wrong-schema` naming the missing table or columns; `no-rights` naming what cannot be read
 */
export async function readCatalog(
  reader: Reader,
  model: FlowModel,
  configuredSchema: string | undefined,
): Promise<Catalog> {
  const names = [model.child.table, model.master.table, model.import.table, model.rawRecords.table];
  const tables = z.array(Table).parse(await reader.read(catalogStatement(names)));
  const schema = configuredSchema ?? schemaHolding(model, tables);
  const find = (name: string) => tables.find((table) => table.schema === schema && table.name === name);

  const flags = Object.fromEntries(model.phases.map((phase) => [phase.name, phase.flag]));
  const child = required(find(model.child.table), schema, {
    table: model.child.table,
    columns: { ...model.child.columns, ...flags },
  });
  const master = required(find(model.master.table), schema, model.master);
  const dataImport = required(find(model.import.table), schema, model.import);
  const raw = find(model.rawRecords.table);
  const rawRecords = raw && required(raw, schema, model.rawRecords);

  const map = masterStatusMap(model);
  const childStatus = columnOf(child, model.child.columns.status);
  const masterStatus = columnOf(master, model.master.columns.status);
  const [childStatuses, masterStatuses] = await allowedValues(reader, [
    { table: child, column: childStatus, values: Object.keys(map) },
    { table: master, column: masterStatus, values: [...new Set(Object.values(map).flat())] },
  ]);
  return {
    schema,
    child,
    master,
    import: dataImport,
    rawRecords,
    linkTarget: linkTarget(model, dataImport),
    childStatuses: childStatuses ?? new Set(),
    masterStatuses: masterStatuses ?? new Set(),
  };
}

/** A column of a table by name. The catalog has checked that the model's columns exist, so absence is a fault. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Failure('wrong-schema', `${table.schema}.${table.name} has no column ${name}.`);
  return column;
}

export function tableName(table: Table): TableName {
  return { schema: table.schema, name: table.name };
}

/**
 * Where `data_imports.master_flow_id` points: to the master's `id` on one kind of install, to its `flow_id` on another.
 * Without a foreign key nothing enforces either, and the platform's code writes the flow id.
 */
function linkTarget(model: FlowModel, dataImport: Table): string {
  const key = dataImport.foreign_keys.find(
    (candidate) =>
      candidate.column === model.import.columns.masterFlowId && candidate.targetTable === model.master.table,
  );
  return key?.targetColumn ?? model.master.columns.flowId;
}

function schemaHolding(model: FlowModel, tables: readonly Table[]): string {
  const holding = [...new Set(tables.filter((table) => table.name === model.child.table).map((table) => table.schema))];
  const preferred = model.schemas.find((schema) => holding.includes(schema));
  if (preferred) return preferred;
  const [only, ...others] = holding;
  if (only === undefined) {
    throw new Failure('wrong-schema', `No table ${model.child.table} is in this database, or none this role can see.`, {
      next: 'Check that the connection points to the database of the platform.',
    });
  }
  if (others.length > 0) {
    throw new Failure('wrong-schema', `${model.child.table} is in several schemas: ${holding.join(', ')}.`, {
      next: 'Set FLOWMEND_SCHEMA to the one to use.',
    });
  }
  return only;
}

function required(
  table: Table | undefined,
  schema: string,
  part: { table: string; columns: Record<string, string> },
): Table {
  const wanted = Object.values(part.columns);
  if (!table) {
    throw new Failure('wrong-schema', `The table ${schema}.${part.table} is missing.`, {
      next: 'Check that the connection points to the database of the platform, and FLOWMEND_SCHEMA.',
    });
  }
  const missing = wanted.filter((name) => !table.columns.some((column) => column.name === name));
  if (missing.length > 0) {
    const plural = missing.length > 1 ? 'columns' : 'column';
    throw new Failure('wrong-schema', `${schema}.${part.table} has no ${plural} ${missing.join(', ')}.`, {
      next: 'This install differs from the flow model; Flowmend cannot judge its flows.',
    });
  }
  const denied = wanted.filter((name) => !table.columns.some((column) => column.name === name && column.readable));
  if (denied.length > 0) {
    throw new Failure('no-rights', `The database role may not read ${schema}.${part.table} (${denied.join(', ')}).`, {
      next: 'Grant SELECT on the flow tables to this role; the README lists the least grants.',
    });
  }
  return table;
}
