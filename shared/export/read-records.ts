import sql, { join, raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { column, literal, tableIdent } from '../database/sql/identifier.ts';
import { textObject } from '../database/sql/json-column.ts';
import { parseAnswer } from '../database/sql/parse-answer.ts';
import type { Table } from '../database/sql/table.ts';
import type { RecordName } from '../flow/model.ts';
import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import { namingTheText } from '../rules/judge/unreadable-text.ts';
import { closedJson } from '../secrets/closed-json.ts';
import { exactJson } from '../secrets/exact-json.ts';
import type { Session } from '../session.ts';

/** Characters of one value that are exported: of the few records of the flow itself, and of its many rows. */
const MAX_CHARACTERS = { record: 1_000_000, row: 20_000 };
/** Rows of the table of mappings that are exported. */
const MAX_MAPPING_ROWS = 10_000;

/** All columns of one row: JSON as JSON, also where it was cut, everything else as text, as PostgreSQL prints it, and so numbers that JavaScript would round. */
const ExportedRow = z.record(z.string(), z.unknown());
type ExportedRow = z.infer<typeof ExportedRow>;

export const ExportedRecords = z.object({
  child: z.array(ExportedRow),
  master: z.array(ExportedRow),
  import: z.array(ExportedRow),
  rawRecords: z.array(ExportedRow),
  mappingRows: z.array(ExportedRow),
});
export type ExportedRecords = z.infer<typeof ExportedRecords>;

export interface RecordsRead {
  readonly records: ExportedRecords;
  /** What is longer than its bound and was cut, in words. */
  readonly cut: string[];
}

const Row = z.object({ record: z.enum(['child', 'master', 'import', 'rawRecords', 'mappingRows']), image: Image() });

function Image() {
  return z.record(z.string(), z.string().nullable());
}

/**
 * Every column of every record of a flow, and of its first raw records: one statement.
 * @param imports the imports that are exported, whose rows go with them
 */
export async function readRecords(
  session: Session,
  { row }: FlowFacts,
  imports: readonly string[],
  mostRows: number,
): Promise<RecordsRead> {
  const { primary, catalog, model } = session;
  const { child, master, import: dataImport, rawRecords, mappingRows } = model;
  const ofImports = (name: string) => sql`${column('t', name)} = any(${imports}::uuid[])`;
  const parts = [
    partOf('child', catalog.child, sql`${column('t', child.columns.id)} = ${row.child_id}::uuid`, 1),
    partOf('master', catalog.master, sql`${column('t', master.columns.id)} = ${row.master_id}::uuid`, 1),
    partOf('import', catalog.import, ofImports(dataImport.columns.id), imports.length),
    partOf('rawRecords', catalog.rawRecords, ofImports(rawRecords.columns.importId), mostRows),
    partOf('mappingRows', catalog.mappingRows, ofImports(mappingRows.columns.importId), MAX_MAPPING_ROWS),
  ].filter((part) => part !== undefined);
  const read = await primary.read(join(parts, ' union all ')).catch(async (thrown: unknown) => {
    throw await namingTheText(thrown, { install: session, reader: primary, flowIds: [row.flow_id] });
  });
  const rows = parseAnswer(z.array(Row), read, `Flow ${row.flow_id}`);
  const records: ExportedRecords = { child: [], master: [], import: [], rawRecords: [], mappingRows: [] };
  const cut: string[] = [];
  for (const { record, image } of rows) records[record].push(exported(image, record, catalog[record], cut));
  return { records, cut };
}

function partOf(record: RecordName, table: Table, condition: Sql, most: number): Sql | undefined {
  if (!table.exists) return undefined;
  const readable = table.columns.filter((one) => one.readable);
  const bound = raw(String(boundOf(record) + 1));
  return sql`(select ${literal(record)} as record, ${textObject(
    readable.map(({ name }) => [name, sql`left((${column('t', name)})::text, ${bound})`] as const),
  )} as image from ${tableIdent(table)} t where ${condition} limit ${most})`;
}

function boundOf(record: RecordName): number {
  return record === 'rawRecords' || record === 'mappingRows' ? MAX_CHARACTERS.row : MAX_CHARACTERS.record;
}

function exported(image: Record<string, string | null>, record: RecordName, table: Table, cut: string[]): ExportedRow {
  const bound = boundOf(record);
  return Object.fromEntries(
    Object.entries(image).map(([name, text]) => {
      const type = table.columns.find((one) => one.name === name)?.type;
      if (text === null) return [name, null];
      const isJson = type === 'json' || type === 'jsonb';
      if (text.length <= bound) return [name, isJson ? exactJson(text) : text];
      cut.push(`${table.name}.${name} of id ${image.id ?? '?'}: all but the first ${bound} characters`);
      const kept = text.slice(0, bound);
      return [name, isJson ? begunJson(kept) : `${kept}…`];
    }),
  );
}

/** What a cut value tells stays under its keys: by them it is known what is to be hidden. */
function begunJson(text: string): unknown {
  const closed = closedJson(text);
  return closed === undefined ? `number(more than ${text.length})` : exactJson(closed);
}
