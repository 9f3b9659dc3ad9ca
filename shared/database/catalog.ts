import { z } from 'zod';
import { Failure } from '../failure.ts';
import { type FlowModel, masterStatusMap, OPTIONAL_COLUMNS, type RecordName } from '../flow/model.ts';
import { judgeValues, type Verdicts } from './allowed-values.ts';
import { catalogStatement } from './catalog-statement.ts';
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
  /** This role may update it. */
  writable: z.boolean(),
  /** Anyone may: false in a view that PostgreSQL cannot write through. */
  updatable: z.boolean(),
});

const FoundTable = z.object({
  schema: z.string(),
  name: z.string(),
  view: z.boolean(),
  /** Rows that policies hide from this role are not there for it. */
  row_security: z.boolean(),
  readable: z.boolean(),
  writable: z.boolean(),
  columns: z.array(Column),
  /** Columns that an index begins with. */
  indexed: z.array(z.string()),
  checks: z.array(z.object({ name: z.string(), columns: z.array(z.string()).nullable(), expression: z.string() })),
  foreign_keys: z.array(
    z.object({ name: z.string(), column: z.string(), targetTable: z.string(), targetColumn: z.string() }),
  ),
});

export type Column = z.infer<typeof Column>;
type FoundTable = z.infer<typeof FoundTable>;

/** A table of the flow model as this install has it. */
export interface Table extends FoundTable {
  /** False where the install has no such table. */
  readonly exists: boolean;
  /** Columns of the model that the table lacks: they read as NULL of this type. */
  readonly absent: readonly { name: string; type: string }[];
  /** Columns that are read out of a JSON column: true where it has the key. */
  readonly told: readonly { name: string; from: string; key: string; type: string }[];
}

/** What this install's database really looks like, as far as the flow model names it. */
export interface Catalog extends Readonly<Record<RecordName, Table>> {
  readonly schema: string;
  /** The master's column that links from imports point to on this install: see {@link linkTarget}. */
  readonly linkTarget: string;
  /** The statuses of the flow model that this install's child and master accept. */
  readonly childStatuses: ReadonlySet<string>;
  readonly masterStatuses: ReadonlySet<string>;
  /** What is known of the words and numbers that a repair may write: `child.status` -> value -> what refuses it. */
  readonly verdicts: ReadonlyMap<string, Verdicts>;
  /** What could not be seen or is not there, in words. */
  readonly notices: readonly string[];
}

/** Tables without which flows can be judged, though by fewer rules. */
const OPTIONAL_TABLES: readonly RecordName[] = ['rawRecords', 'mappingRows'];
const RECORDS = ['child', 'master', 'import', 'rawRecords', 'mappingRows'] as const;

/**
 * Reads the live catalog: two statements.
 * @throws Failure `wrong-schema` naming the missing table or columns; `no-rights` naming what cannot be read
 */
export async function readCatalog(
  reader: Reader,
  model: FlowModel,
  configuredSchema: string | undefined,
): Promise<Catalog> {
  const names = RECORDS.map((record) => model[record].table);
  const found = z.array(FoundTable).parse(await reader.read(catalogStatement(names)));
  const schema = configuredSchema ?? schemaHolding(model, found);
  const tableOf = (record: RecordName) =>
    fitted(
      model,
      record,
      schema,
      found.find((table) => table.schema === schema && table.name === model[record].table),
    );
  const tables = {
    child: tableOf('child'),
    master: tableOf('master'),
    import: tableOf('import'),
    rawRecords: tableOf('rawRecords'),
    mappingRows: tableOf('mappingRows'),
  };
  const asked = vocabularies(model).filter(({ record, column }) => isStored(tables[record], column));
  const judged = await judgeValues(
    reader,
    asked.map(({ record, column, values }) => ({
      table: tables[record],
      column: columnOf(tables[record], column),
      values,
    })),
  );
  const verdicts = new Map(
    asked.map(({ record, column }, index) => [`${record}.${column}`, judged[index] ?? new Map()]),
  );
  const accepted = (record: 'child' | 'master') =>
    new Set(
      [...(verdicts.get(`${record}.${model[record].columns.status}`) ?? [])].flatMap(([value, by]) =>
        by === null ? [value] : [],
      ),
    );
  return {
    schema,
    ...tables,
    linkTarget: linkTarget(model, tables.import),
    childStatuses: accepted('child'),
    masterStatuses: accepted('master'),
    verdicts,
    notices: RECORDS.flatMap((record) => noticesOf(tables[record], model, record)),
  };
}

/** Every word and number of the flow model that a repair may write somewhere. */
function vocabularies(model: FlowModel): { record: 'child' | 'master'; column: string; values: string[] }[] {
  const map = masterStatusMap(model);
  const { child, master, phases, progressDecimals } = model;
  const scale = 10 ** progressDecimals;
  const percents = [...phases, undefined].map((_, done) =>
    String(Math.round((done / phases.length) * 100 * scale) / scale),
  );
  return [
    { record: 'child', column: child.columns.status, values: Object.keys(map) },
    { record: 'child', column: child.columns.phase, values: phases.flatMap(({ name, aliases }) => [name, ...aliases]) },
    { record: 'child', column: child.columns.progress, values: percents },
    { record: 'master', column: master.columns.status, values: [...new Set(Object.values(map).flat())] },
  ];
}

/** A column of a table by name. The catalog has checked that the model's columns exist, so absence is a fault. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Failure('wrong-schema', `${table.schema}.${table.name} has no column ${name}.`);
  return column;
}

/** The type of a column as statements read it: of a stored one, or of what stands in for an absent one. */
export function typeOf(table: Table, name: string): string {
  return table.absent.find((column) => column.name === name)?.type ?? columnOf(table, name).type;
}

/** True where the column is stored in this install. */
export function isStored(table: Table, name: string): boolean {
  return table.exists && table.columns.some((column) => column.name === name);
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

function schemaHolding(model: FlowModel, tables: readonly FoundTable[]): string {
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

/** A table with what it lacks. Throws where Flowmend cannot do without. */
function fitted(model: FlowModel, record: RecordName, schema: string, found: FoundTable | undefined): Table {
  const part: { table: string; columns: Record<string, string> } = model[record];
  const optional: Record<string, string> = OPTIONAL_COLUMNS[record];
  const absentTypes = (keys: readonly string[]) =>
    keys.map((key) => ({ name: part.columns[key] ?? key, type: optional[key] ?? 'text' }));
  const may = OPTIONAL_TABLES.includes(record);
  const name = `${schema}.${part.table}`;
  if (!found || (may && !found.columns.some((column) => column.readable))) {
    if (!may) {
      throw new Failure('wrong-schema', `The table ${name} is missing.`, {
        next: 'Check that the connection points to the database of the platform, and FLOWMEND_SCHEMA.',
      });
    }
    return missing(schema, part, optional);
  }
  const told = record === 'child' ? model.phases.filter((phase) => phase.told !== null) : [];
  const flags = record === 'child' ? model.phases.map((phase) => phase.told?.column ?? phase.flag) : [];
  const has = (column: string) => found.columns.some((candidate) => candidate.name === column);
  const keys = Object.keys(part.columns);
  const lacking = keys.filter((key) => !has(part.columns[key] ?? ''));
  const needed = [
    ...lacking.filter((key) => !(key in optional)).map((key) => part.columns[key] ?? key),
    ...flags.filter((flag) => !has(flag)),
  ];
  if (needed.length > 0) {
    throw new Failure(
      'wrong-schema',
      `${name} has no ${needed.length > 1 ? 'columns' : 'column'} ${needed.join(', ')}.`,
      {
        next: 'This install differs from the flow model; Flowmend cannot judge its flows.',
      },
    );
  }
  const wanted = new Set([...Object.values(part.columns), ...flags]);
  const denied = found.columns.filter((column) => wanted.has(column.name) && !column.readable);
  if (denied.length > 0) {
    throw new Failure(
      'no-rights',
      `The database role may not read ${name} (${denied.map((column) => column.name).join(', ')}).`,
      { next: 'Grant SELECT on the flow tables to this role; the README lists the least grants.' },
    );
  }
  return {
    ...found,
    exists: true,
    absent: absentTypes(lacking),
    told: told.map(({ flag, told: from }) => ({
      name: flag,
      from: from?.column ?? '',
      key: from?.key ?? '',
      type: found.columns.find((column) => column.name === from?.column)?.type ?? 'jsonb',
    })),
  };
}

/** Stands in for a table that the install does not have. */
function missing(
  schema: string,
  part: { table: string; columns: Record<string, string> },
  types: Record<string, string>,
): Table {
  const absent = Object.entries(part.columns).map(([key, name]) => ({ name, type: types[key] ?? typeWithout(key) }));
  return {
    schema,
    name: part.table,
    view: false,
    row_security: false,
    readable: false,
    writable: false,
    columns: [],
    indexed: [],
    checks: [],
    foreign_keys: [],
    exists: false,
    absent,
    told: [],
  };
}

function typeWithout(key: string): string {
  if (key === 'data') return 'jsonb';
  return /^id$|Id$/.test(key) ? 'uuid' : 'text';
}

function noticesOf(table: Table, model: FlowModel, record: RecordName): string[] {
  if (!table.exists) return [`${table.schema}.${table.name} is not here, or this role may not read it`];
  // A name in parentheses is one that this kind of flow never has.
  const lacking = table.absent.map(({ name }) => name).filter((name) => !name.startsWith('('));
  return [
    ...(lacking.length > 0 ? [`${table.name} has no ${lacking.join(', ')}`] : []),
    ...(table.row_security
      ? [`row level security is on for ${model[record].table}: rows hidden from this role were not looked at`]
      : []),
  ];
}
