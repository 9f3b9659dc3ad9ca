import { query } from './workbench.ts';

/** A link that runs a command, an icon, characters that turn and clear lines, an element, an address. */
export const HOSTILE = '[x](command:noop) $(trash) \u202e\u001b[2J<img src=x> https://example.com';

/** Where the rows of a flow are, by table. */
const OF_IMPORT = '(select data_import_id from migration.discovery_flows where flow_id = $2)';
const ROWS_OF_FLOW: Readonly<Record<string, string>> = {
  discovery_flows: 'flow_id = $2',
  crewai_flow_state_extensions: 'flow_id = $2',
  data_imports: `id = ${OF_IMPORT}`,
  raw_import_records: `data_import_id = ${OF_IMPORT}`,
  import_field_mappings: `data_import_id = ${OF_IMPORT}`,
};
const CHECK_VIOLATION = '23514';

/**
 * Fills every column of a flow that takes a text with hostile text: child, master, import, raw records and mappings, the keys and
 * the values of JSON too. A column whose values a CHECK lists keeps its own.
 * @returns the columns that were filled, as `table.column`
 */
export async function fillWithHostile(flowId: string): Promise<string[]> {
  const columns = await query(
    `select table_name as "table", column_name as "column", data_type like 'json%' as json,
       character_maximum_length as length
     from information_schema.columns
     where table_schema = 'migration' and data_type in ('text', 'character varying', 'json', 'jsonb')
       and table_name = any($1)`,
    [Object.keys(ROWS_OF_FLOW)],
  );
  const filled: string[] = [];
  for (const { table, column, json, length } of columns) {
    const value = json ? JSON.stringify({ [HOSTILE]: HOSTILE }) : HOSTILE.slice(0, Number(length ?? HOSTILE.length));
    const rows = ROWS_OF_FLOW[String(table)];
    try {
      await query(`update migration.${table} set ${column} = $1 where ${rows}`, [value, flowId]);
      filled.push(`${table}.${column}`);
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== CHECK_VIOLATION) throw thrown;
    }
  }
  return filled;
}

/** The same of every receipt in the journal: why it was written, by whom, from where. */
export async function fillReceiptsWithHostile(): Promise<void> {
  await query('update flowmend.journal set reason = $1, db_role = $1, os_user = $1, host = $1', [HOSTILE]);
}
