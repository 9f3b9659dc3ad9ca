import { afterAll, beforeAll, expect, test } from 'vitest';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { jsonText } from '../../shared/report/machine/json.ts';
import { scanMarkdown } from '../../shared/report/markdown/scan-markdown.ts';
import { planText } from '../../shared/report/text/plan-text.ts';
import { scanText } from '../../shared/report/text/scan-text.ts';
import type { Session } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { flow } from '../support/flow.ts';
import { ACTED_ON, everyFormat } from '../support/formats.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** Clears a screen, sets a window's title, moves a cursor, turns the direction of writing, breaks a line. 20 characters. */
const HOSTILE = '\u001b[2J\u001b]0;x\u0007\u202e\u2066\r\n\u009b\u2028\ufeff\u200f';
const TABLES = [
  'discovery_flows',
  'crewai_flow_state_extensions',
  'data_imports',
  'raw_import_records',
  'import_field_mappings',
];

let install: Install;
let session: Session;
let columns: { table: string; column: string; json: boolean; length: number | null }[];
const ids: string[] = [];

/** One flow that holds hostile text in every column at once, and one for each column that holds it in that one only. */
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', () => []);
  const rows = await install.query(
    `select table_name as table, column_name as column, data_type in ('json', 'jsonb') as json,
       character_maximum_length as length
     from information_schema.columns
     where table_schema = 'migration' and data_type in ('text', 'character varying', 'json', 'jsonb')`,
  );
  columns = rows as typeof columns;
  await install.close();
  install = await makeInstall('PostgreSQL', (variant) =>
    [...columns.map(({ column }) => column), 'every one'].map(() => {
      const made = flow(variant);
      ids.push(made.flowId);
      return made;
    }),
  );
  await install.query(
    `insert into migration.import_field_mappings (data_import_id, client_account_id, source_field, target_field, match_type)
     select id, client_account_id, 'hostname', 'hostname', 'direct' from migration.data_imports`,
  );
  for (const [index, flowId] of ids.entries()) {
    for (const column of index < columns.length ? columns.slice(index, index + 1) : columns)
      await spoil(flowId, column);
  }
  session = await install.session();
});
afterAll(() => install.close());

async function spoil(flowId: string, { table, column, json, length }: (typeof columns)[number]): Promise<void> {
  const value = json
    ? JSON.stringify(
        column.endsWith('s') && table !== 'discovery_flows' ? [{ [HOSTILE]: HOSTILE }] : { [HOSTILE]: HOSTILE },
      )
    : HOSTILE.slice(0, length ?? HOSTILE.length);
  const own = {
    discovery_flows: 'flow_id = $2',
    crewai_flow_state_extensions: 'flow_id = $2',
    data_imports: 'id = (select data_import_id from migration.discovery_flows where flow_id = $2)',
  }[table];
  const ofImport = 'data_import_id = (select data_import_id from migration.discovery_flows where flow_id = $2)';
  await install.query(`update migration.${table} set ${column} = $1 where ${own ?? ofImport}`, [value, flowId]);
}

test('every table has text that could be hostile', () => {
  expect(new Set(columns.map(({ table }) => table))).toEqual(new Set(TABLES));
});

test('nothing of it is acted on, in whatever format the flow is shown', async () => {
  for (const [index, flowId] of ids.entries()) {
    const { table, column } = columns[index] ?? { table: 'every', column: 'one' };
    const { diagnosis, facts } = await diagnoseWithRawData(session, flowId);
    const plan = planRepair(session, facts);
    for (const [format, shown] of [
      ...everyFormat(diagnosis, session.rules.asked),
      ['plan', plain(planText(plan))],
      ['plan as JSON', jsonText('plan', plan)],
    ]) {
      expect(shown, `${table}.${column} as ${format}`).not.toMatch(ACTED_ON);
    }
  }
});

test('it is shown, and not left out', async () => {
  const { diagnosis } = await diagnoseWithRawData(session, ids.at(-1) ?? '');
  for (const [format, shown] of everyFormat(diagnosis, session.rules.asked)) {
    expect(shown, format).toMatch(/u001b\\?\[2J/);
  }
});

test('a scan of them all shows none of it either', async () => {
  const result = await scan(session, { healthy: true, reach: 'every flow' });
  for (const shown of [plain(scanText(result)), scanMarkdown(result), jsonText('scan', result)]) {
    expect(shown).not.toMatch(ACTED_ON);
  }
});
