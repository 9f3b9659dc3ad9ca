import { Failure } from '../../failure.ts';
import { type ColumnType, NEEDED_COLUMNS, OPTIONAL_COLUMNS, servesAs } from '../../flow/columns.ts';
import type { FlowModel, RecordName } from '../../flow/model.ts';
import { isNever } from '../../flow/name.ts';
import { ways } from '../../words/ways.ts';
import type { FoundTable, Table } from '../sql/table.ts';

/** A table with what the flow model asks of it, and in words what of it cannot be seen here. */
export interface FittedTable {
  readonly table: Table;
  readonly notices: readonly string[];
}

interface Wanted {
  readonly name: string;
  readonly type: ColumnType;
  readonly needed: boolean;
}

/** A column of the model that cannot be read here as what it is taken for. */
interface Unfit extends Wanted {
  readonly trouble: 'missing' | 'denied' | 'another type' | 'runs code';
  /** The type that it has, or the code that reading it would run. */
  readonly found: string;
}

/** Tables without which flows can be judged, though by fewer rules. */
const OPTIONAL_TABLES: readonly RecordName[] = ['rawRecords', 'mappingRows'];

/**
 * Holds a table of this install against the flow model. What Flowmend can do without is absent: it reads as NULL.
 * @throws Failure `wrong-schema` or `no-rights`, naming the table and the columns, where Flowmend cannot do without
 */
export function fitTable(
  model: FlowModel,
  record: RecordName,
  schema: string,
  found: FoundTable | undefined,
): FittedTable {
  const { table } = model[record];
  const name = `${schema}.${table}`;
  const wanted = wantedColumns(model, record);
  if (isNever(table)) return { table: missingTable(schema, table, wanted, []), notices: [] };
  const unfit = wanted.flatMap((one) => unfitness(one, found));
  const needed = unfit.filter((one) => one.needed && !isNever(one.name));
  if (OPTIONAL_TABLES.includes(record) && needed.length > 0) {
    const readable = found?.columns.some((column) => column.readable);
    const why = readable ? `${wordsOf(name, needed).join('; ')}: it was not looked into` : '';
    return {
      table: missingTable(schema, table, wanted, deniedOf(unfit)),
      notices: [why || `${name} is not here, or this role may not read it`],
    };
  }
  if (!found) {
    throw new Failure('wrong-schema', `The table ${name} is missing.`, {
      next: `Check that the connection points to the database of the platform, and ${ways().schema}.`,
    });
  }
  if (needed.length > 0) throw failureOf(name, needed);
  const columns = found.columns.filter(
    ({ name, readable, code }) => readable && code === null && !unfit.some((one) => one.name === name),
  );
  return {
    table: {
      ...found,
      columns,
      exists: true,
      absent: unfit,
      denied: deniedOf(unfit),
      fromJson: columnsFromJson(model, record, columns),
    },
    notices: [
      ...wordsOf(
        table,
        unfit.filter((one) => !isNever(one.name)),
      ),
      ...(found.row_security
        ? [
            `row level security is on for ${table}: rows hidden from this role were not looked at, and a record said to be missing may be one`,
          ]
        : []),
      ...codeNotices(table, found.code),
    ],
  };
}

/** What is said of a table of flows that runs code when it is read. */
export function codeNotices(table: string, code: string | null): string[] {
  return code === null
    ? []
    : [`reading ${table} runs ${code}, by the query of a view or by policies: that cannot be left out`];
}

function wantedColumns(model: FlowModel, record: RecordName): Wanted[] {
  const needed: Record<string, ColumnType> = NEEDED_COLUMNS[record];
  const optional: Record<string, ColumnType> = OPTIONAL_COLUMNS[record];
  const ofRecord = Object.entries(model[record].columns).map(([key, name]) => ({
    name,
    type: needed[key] ?? optional[key] ?? 'text',
    needed: key in needed,
  }));
  const ofPhases = (record === 'child' ? model.phases : []).map(({ flag, completeWhen }): Wanted => {
    return completeWhen
      ? { name: completeWhen.jsonColumn, type: 'jsonb', needed: true }
      : { name: flag, type: 'boolean', needed: true };
  });
  return [...new Map([...ofRecord, ...ofPhases].map((one) => [one.name, one])).values()];
}

function unfitness(wanted: Wanted, found: FoundTable | undefined): Unfit[] {
  const column = found?.columns.find(({ name }) => name === wanted.name);
  if (!column) return [{ ...wanted, trouble: 'missing', found: '' }];
  if (!column.readable) return [{ ...wanted, trouble: 'denied', found: column.type }];
  if (column.code !== null) return [{ ...wanted, trouble: 'runs code', found: column.code }];
  return servesAs(column.type, wanted.type) ? [] : [{ ...wanted, trouble: 'another type', found: column.type }];
}

function deniedOf(unfit: readonly Unfit[]): string[] {
  return unfit.filter(({ trouble }) => trouble === 'denied').map(({ name }) => name);
}

function failureOf(name: string, needed: readonly Unfit[]): Failure {
  const denied = needed.filter(({ trouble }) => trouble === 'denied');
  const message = `${wordsOf(name, needed).join('; ')}.`;
  if (denied.length < needed.length) {
    return new Failure('wrong-schema', message, {
      next: 'This install differs from the flow model; Flowmend cannot judge its flows.',
    });
  }
  return new Failure('no-rights', `The database role may not read ${name} (${namesOf(denied)}).`, {
    next: 'Grant SELECT on the flow tables to this role; docs/rights.md lists the least grants.',
  });
}

function wordsOf(table: string, unfit: readonly Unfit[]): string[] {
  const missing = unfit.filter(({ trouble }) => trouble === 'missing');
  const denied = unfit.filter(({ trouble }) => trouble === 'denied');
  return [
    ...(missing.length > 0 ? [`${table} has no ${missing.length > 1 ? 'columns' : 'column'} ${namesOf(missing)}`] : []),
    ...(denied.length > 0 ? [`this role may not read ${namesOf(denied)} of ${table}`] : []),
    ...unfit
      .filter(({ trouble }) => trouble === 'another type')
      .map(({ name, found, type }) => `${table}.${name} is ${found} and would have to be ${type}`),
    ...unfit
      .filter(({ trouble }) => trouble === 'runs code')
      .map(({ name, found }) => `to read ${table}.${name} would run code of this install (${found}): it is not read`),
  ];
}

function namesOf(unfit: readonly Unfit[]): string {
  return unfit.map(({ name }) => name).join(', ');
}

/** Flags that are read out of a JSON column. */
function columnsFromJson(model: FlowModel, record: RecordName, columns: Table['columns']): Table['fromJson'] {
  if (record !== 'child') return [];
  return model.phases.flatMap(({ flag, completeWhen }) => {
    const type = columns.find(({ name }) => name === completeWhen?.jsonColumn)?.type ?? 'jsonb';
    return completeWhen ? [{ name: flag, from: completeWhen.jsonColumn, key: completeWhen.hasKey, type }] : [];
  });
}

/** Stands in for a table that the install does not have, or that cannot be looked into. */
function missingTable(schema: string, name: string, wanted: readonly Wanted[], denied: readonly string[]): Table {
  return {
    schema,
    name,
    // Nothing of it is asked of the server.
    release: 0,
    server: { system: null, database: 0, name: '' },
    encoding: '',
    row_security: false,
    updatable: false,
    writable: false,
    code: null,
    update_rules: [],
    acts_after_update: false,
    columns: [],
    checks: [],
    foreign_keys: [],
    later_marks: [],
    exists: false,
    absent: wanted,
    denied,
    fromJson: [],
  };
}
