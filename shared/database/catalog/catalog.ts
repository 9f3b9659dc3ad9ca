import sql from 'sql-template-tag';
import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { asFailure } from '../../files/as-failure.ts';
import { type FlowModel, masterStatusMap, masterVocabulary, type RecordName } from '../../flow/model.ts';
import { isNever } from '../../flow/name.ts';
import { progressSteps } from '../../flow/progress.ts';
import { ways } from '../../words/ways.ts';
import { takesAnyBytes } from '../sql/readable-text.ts';
import type { Reader } from '../sql/reader.ts';
import { type ServerIdentity, SYSTEM_IDENTIFIER } from '../sql/server-identity.ts';
import { columnOf, FoundTable, isStored, type Table } from '../sql/table.ts';
import { ofEach } from './all-failures.ts';
import { checksOf, judgeValues, type Verdicts } from './allowed-values.ts';
import { catalogStatement } from './catalog-statement.ts';
import { fitTable } from './fit-table.ts';
import { type Linked, linkTargets } from './link-targets.ts';
import { type OtherKind, otherKinds, otherModels } from './other-kinds.ts';

/** What this install's database really looks like, as far as the flow model names it. */
export interface Catalog extends Readonly<Record<RecordName, Table>> {
  readonly schema: string;
  /** What this install has of a later generation of the platform, by name: nothing is judged then. */
  readonly laterMarks: readonly string[];
  readonly server: ServerIdentity;
  readonly databaseName: string;
  /** Flows of other kinds, which may have the masters of these. */
  readonly otherKinds: readonly OtherKind[];
  /** The master's column that links point to on this install. */
  readonly linkTargets: Readonly<Record<Linked, string>>;
  /** How many decimals of the progress its column keeps. */
  readonly progressDecimals: number;
  /** The statuses of the flow model that this install's child and master accept. */
  readonly childStatuses: ReadonlySet<string>;
  readonly masterStatuses: ReadonlySet<string>;
  /** What is known of the words and numbers that a repair may write: `child.status` -> value -> what refuses it. */
  readonly verdicts: ReadonlyMap<string, Verdicts>;
  /** What could not be seen or is not there, in words. */
  readonly notices: readonly string[];
}

export const RECORDS = ['child', 'master', 'import', 'rawRecords', 'mappingRows'] as const;

/**
 * Reads the live catalog: two statements.
 * @throws Failure `wrong-schema` naming the missing table or columns; `no-rights` naming what cannot be read
 */
export async function readCatalog(
  reader: Reader,
  model: FlowModel,
  configuredSchema: string | undefined,
): Promise<Catalog> {
  const names = RECORDS.map((record) => model[record].table).filter((name) => !isNever(name));
  const ofOthers = otherModels(model).map(({ child }) => child.table);
  const found = z.array(FoundTable).parse(await readTables(reader, [...names, ...ofOthers]));
  const { schema, others } =
    configuredSchema === undefined ? schemaHolding(model, found) : { schema: configuredSchema, others: [] };
  const fitted = (record: RecordName) =>
    fitTable(
      model,
      record,
      schema,
      found.find((table) => table.schema === schema && table.name === model[record].table),
    );
  const fits = ofEach(RECORDS, fitted);
  const tables = {
    child: fits.child.table,
    master: fits.master.table,
    import: fits.import.table,
    rawRecords: fits.rawRecords.table,
    mappingRows: fits.mappingRows.table,
  };
  const kinds = otherKinds(model, schema, found);
  const progress = tables.child.columns.find(({ name }) => name === model.child.columns.progress);
  const progressDecimals = Math.min(model.progressDecimals, progress?.decimals ?? model.progressDecimals);
  const asked = vocabularies(model, progressDecimals).filter(({ record, column }) => isStored(tables[record], column));
  const judged = await judgeValues(
    reader,
    asked.map(({ record, column, values }) => ({
      table: tables[record],
      column: columnOf(tables[record], column),
      values,
    })),
  );
  const unseen = asked.flatMap(({ record, column }) => [
    ...tables[record].foreign_keys
      .filter((key) => key.column === column && !key.targetReadable)
      .map(
        (key) =>
          `this role may not read all of ${key.targetSchema}.${key.targetTable}: only the preview tells what ${key.name} refuses`,
      ),
    ...checksOf(tables[record], column)
      .filter(({ unjudged }) => unjudged !== null)
      .map(
        ({ name, unjudged }) =>
          `the CHECK ${name} of ${tables[record].name}.${column} ${unjudged}: it is not evaluated, and only the preview tells what it refuses`,
      ),
  ]);
  const verdicts = new Map(
    asked.map(({ record, column }, index) => [`${record}.${column}`, judged[index] ?? new Map()]),
  );
  const accepted = (record: 'child' | 'master') =>
    new Set(
      [...(verdicts.get(`${record}.${model[record].columns.status}`) ?? [])].flatMap(([value, by]) =>
        by === null ? [value] : [],
      ),
    );
  const { name: databaseName, ...server } = tables.child.server;
  return {
    schema,
    server,
    databaseName,
    ...tables,
    laterMarks: tables.child.later_marks,
    otherKinds: kinds.seen,
    linkTargets: linkTargets(model, tables),
    progressDecimals,
    childStatuses: accepted('child'),
    masterStatuses: accepted('master'),
    verdicts,
    notices: [
      ...others.map(
        (other) =>
          `${other} holds ${model.child.table} too; ${schema} is looked at, unless ${ways().schema} names another`,
      ),
      ...RECORDS.flatMap((record) => fits[record].notices),
      ...(takesAnyBytes(tables.child)
        ? [
            'this database is SQL_ASCII, which takes any bytes: in a list of flows those that are not UTF-8 are shown as question marks',
          ]
        : []),
      ...kinds.notices,
      ...unseen,
    ],
  };
}

/** Every word and number of the flow model that a repair may write somewhere. */
function vocabularies(
  model: FlowModel,
  progressDecimals: number,
): { record: 'child' | 'master'; column: string; values: string[] }[] {
  const map = masterStatusMap(model);
  const { child, master, phases } = model;
  const percents = progressSteps(phases.length, progressDecimals).map(String);
  return [
    { record: 'child', column: child.columns.status, values: Object.keys(map) },
    { record: 'child', column: child.columns.phase, values: phases.flatMap(({ name, aliases }) => [name, ...aliases]) },
    { record: 'child', column: child.columns.progress, values: percents },
    { record: 'master', column: master.columns.status, values: masterVocabulary(model) },
  ];
}

/** Asked once more, without the identifier of the server, where this role may not ask for that. */
function readTables(reader: Reader, names: readonly string[]): Promise<unknown[]> {
  return reader.read(catalogStatement(names, SYSTEM_IDENTIFIER)).catch((thrown: unknown) => {
    if (asFailure(thrown).code !== 'no-rights') throw thrown;
    return reader.read(catalogStatement(names, sql`null`));
  });
}

/** The schema to look in, and others that hold such a table too. */
function schemaHolding(model: FlowModel, tables: readonly FoundTable[]): { schema: string; others: string[] } {
  const holding = [...new Set(tables.filter((table) => table.name === model.child.table).map((table) => table.schema))];
  const preferred = model.schemas.find((schema) => holding.includes(schema));
  if (preferred) return { schema: preferred, others: holding.filter((schema) => schema !== preferred) };
  const [only, ...others] = holding;
  if (only === undefined) {
    throw new Failure('wrong-schema', `No table ${model.child.table} is in this database, or none this role can see.`, {
      next: 'Check that the connection points to the database of the platform.',
    });
  }
  if (others.length > 0) {
    throw new Failure('wrong-schema', `${model.child.table} is in several schemas: ${holding.join(', ')}.`, {
      next: `Set ${ways().schema} to the one to use.`,
    });
  }
  return { schema: only, others: [] };
}
