import { readFile } from 'node:fs/promises';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import type { RowChange } from '../../shared/repair/document/row-change.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import type { Session } from '../../shared/session.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import type { Install } from '../support/install.ts';

/** A flow whose repair writes several rows: its status, its master's, its import's link and those of the raw records. */
export function broken(variant: InstallVariant): ReturnType<typeof flow> {
  const rows = flow(
    variant,
    but(WAITING, {
      child: { status: 'running', progress_percentage: 0 },
      master: { flow_status: 'initialized' },
      import: { master_flow_id: null },
    }),
  );
  return { ...rows, rawRecords: rows.rawRecords.map((record) => ({ ...record, master_flow_id: null })) };
}

export async function planOf(session: Session, flowId: string): Promise<Plan> {
  return planRepair(session, (await diagnose(session, flowId)).facts);
}

/** Every row that a plan writes, as the database has it: `table/key` -> column -> text. */
export async function rowsOf(install: Install, plan: Plan): Promise<Map<string, Record<string, string | null>>> {
  const rows = new Map<string, Record<string, string | null>>();
  for (const { table, key } of plan.steps.filter(({ writes }) => writes.length > 0)) {
    // The lock waits for a transaction that is still ending.
    const [row] = await install.query(
      `select json_object_agg(e.key, e.value) as row
       from (select t.* from ${table.schema}.${table.name} t where id = $1 for update) t, json_each_text(to_json(t)) e`,
      [key],
    );
    rows.set(`${table.name}/${key}`, row?.row as Record<string, string | null>);
  }
  return rows;
}

/**
 * What became of a plan, by the database alone: `whole` where the journal has it and every row is as its receipt says,
 * `untouched` where the journal has nothing and no row changed; otherwise what is wrong.
 */
export async function stateOf(
  install: Install,
  plan: Plan,
  before: ReadonlyMap<string, Record<string, string | null>>,
  journalFile?: string,
): Promise<string> {
  const now = await rowsOf(install, plan);
  const changed = [...now].filter(([name, row]) => JSON.stringify(row) !== JSON.stringify(before.get(name)));
  const receipts = journalFile
    ? await receiptsInFile(journalFile, plan, changed.length > 0)
    : await receiptsInTable(install, plan);
  if (receipts.length === 0) {
    return changed.length === 0 ? 'untouched' : `half done: ${changed.length} rows changed and no receipt`;
  }
  const [{ changes }] = receipts as [{ changes: RowChange[] }];
  const missing = changes.filter(({ table, key }) => !changed.some(([name]) => name === `${table.name}/${key}`));
  if (receipts.length > 1) return `applied ${receipts.length} times`;
  return missing.length === 0 && changes.length === now.size
    ? 'whole'
    : `half done: ${missing.length} rows not changed`;
}

interface Kept {
  readonly changes: RowChange[];
}

async function receiptsInTable(install: Install, plan: Plan): Promise<Kept[]> {
  const [journal] = await install.query(`select to_regclass('flowmend.journal') is not null as exists`);
  if (!journal?.exists) return [];
  const rows = await install.query('select changes::json from flowmend.journal where plan_hash = $1', [plan.hash]);
  return rows as unknown as Kept[];
}

/** What was prepared last counts if anything changed: only PostgreSQL knows whether it was committed. */
async function receiptsInFile(path: string, plan: Plan, changed: boolean): Promise<Kept[]> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((line) => line.endsWith('}'));
  const prepared = lines.map((line) => JSON.parse(line)).filter(({ receipt }) => receipt?.planHash === plan.hash);
  return changed ? prepared.slice(-1).map(({ receipt }) => receipt) : [];
}
