import sql, { join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { type Catalog, RECORDS } from '../../database/catalog/catalog.ts';
import { recordSource } from '../../database/catalog/record-source.ts';
import { NOT_UTF8, serverError } from '../../database/driver/database-failure.ts';
import { ON_THE_WAY, UNMAPPED, unmappedCharacter } from '../../database/driver/unmapped-character.ts';
import { column, literal } from '../../database/sql/identifier.ts';
import { holdsCharacter, isText, isUnreadable, takesAnyBytes } from '../../database/sql/readable-text.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import type { RecordName } from '../../flow/model.ts';
import type { Install } from '../rule/rule-set.ts';

const MAX_NAMED = 5;

const Unreadable = z.object({
  record: z.enum(RECORDS),
  key: z.string(),
  flow_id: z.string().nullable(),
  columns: z.array(z.string()),
});
type Unreadable = z.infer<typeof Unreadable>;

/**
 * Names the columns and the flows whose text kept the database from answering: one that is SQL_ASCII takes any bytes, and gives
 * none that are not UTF-8; others have characters that UTF-8 has not.
 * @param flowIds flows that are named before others
 * @returns what to throw instead; the same where something else went wrong, or nothing more can be asked
 */
export async function namingTheText(
  thrown: unknown,
  {
    install,
    reader,
    flowIds = [],
  }: { readonly install: Install; readonly reader: Reader; readonly flowIds?: readonly string[] },
): Promise<unknown> {
  const { catalog, model } = install;
  const trouble = troubleOf(thrown, catalog);
  if (trouble === undefined) return thrown;
  const rows = await reader.read(unreadableTexts(install, trouble.within, flowIds)).catch(() => []);
  const found = z.array(Unreadable).parse(rows);
  if (found.length === 0) return thrown;
  const named = found
    .slice(0, MAX_NAMED)
    .map((one) => `${placeOf(one, model[one.record].table)} holds ${trouble.what}`);
  return new Failure('wrong-data', `${named.join('; ')}${found.length > MAX_NAMED ? '; and more' : ''}.`, {
    next: `${trouble.why} Have these texts corrected, then ask again; nothing was changed.`,
    cause: thrown,
  });
}

/** What keeps a text from being read. */
interface Trouble {
  /** True for such a text. */
  readonly within: (text: Sql) => Sql;
  readonly what: string;
  readonly why: string;
}

function troubleOf(thrown: unknown, { child }: Catalog): Trouble | undefined {
  const { state, message } = serverError(thrown);
  if (state === NOT_UTF8 && takesAnyBytes(child)) {
    const why = 'This database is SQL_ASCII, which takes any bytes.';
    return { within: isUnreadable, what: 'bytes that are not UTF-8', why };
  }
  const character = state === UNMAPPED ? unmappedCharacter(message) : undefined;
  if (character === undefined) return undefined;
  if (character.from !== child.encoding || character.to !== ON_THE_WAY) return undefined;
  return {
    within: (text) => holdsCharacter(text, character.bytes),
    what: `the character 0x${character.bytes}`,
    why: `This database is ${character.from}, and UTF-8 has no such character.`,
  };
}

function placeOf({ key, flow_id, columns }: Unreadable, table: string): string {
  const which = flow_id === null ? `row ${key}, which belongs to no flow,` : `flow ${flow_id} (row ${key})`;
  return `${table}.${columns.join(', ')} of ${which}`;
}

function unreadableTexts(install: Install, within: Trouble['within'], flowIds: readonly string[]): Sql {
  const { catalog, model } = install;
  const parts = RECORDS.flatMap((record) => {
    const table = catalog[record];
    const texts = table.columns.filter(({ name, type }) => isText(table, name) || type.startsWith('json'));
    if (!table.exists || texts.length === 0) return [];
    const bad = texts.map(
      ({ name }) => sql`case when ${within(sql`${column('t', name)}::text`)} then ${literal(name)} end`,
    );
    return [
      sql`select ${literal(record)} as record, ${column('t', model[record].columns.id)}::text as key,
        (${flowOf(install, record)})::text as flow_id, array_remove(array[${join(bad)}]::text[], null) as columns
        from ${recordSource(table)} t`,
    ];
  });
  return sql`select * from (${join(parts, ' union all ')}) found where columns <> '{}'
    order by flow_id = any(${[...flowIds]}::text[]) desc nulls last, flow_id, record, key limit ${MAX_NAMED + 1}`;
}

/** The flow that a row `t` of a record belongs to. */
function flowOf({ model, catalog }: Install, record: RecordName): Sql {
  const { child, master, import: dataImport } = model;
  if (record === 'child') return column('t', child.columns.flowId);
  if (record === 'master') return column('t', master.columns.flowId);
  const importId = column('t', record === 'import' ? dataImport.columns.id : model[record].columns.importId);
  const [m, i] = [(name: string) => column('m', name), (name: string) => column('i', name)];
  return sql`coalesce(
    (select ${column('c', child.columns.flowId)} from ${recordSource(catalog.child)} c
      where ${column('c', child.columns.importId)} = ${importId} limit 1),
    (select ${m(master.columns.flowId)} from ${recordSource(catalog.import)} i join ${recordSource(catalog.master)} m
      on ${i(dataImport.columns.masterFlowId)} in (${m(master.columns.id)}, ${m(master.columns.flowId)})
      where ${i(dataImport.columns.id)} = ${importId} limit 1))`;
}
