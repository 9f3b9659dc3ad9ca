import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { flowsToMend } from '../../shared/repair/plan/flows-to-mend.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { openSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { makeFleetOf } from './fleet-of.ts';

/**
 * Measures the repair of a broken fleet against the hand-written UPDATEs that change the same rows without guards,
 * verification or journal: both on copies of one database, on one server, in turns. Usage: bulk-repair.ts [flows] [runs]
 */
const flows = Number(process.argv[2] ?? 100_000);
const runs = Number(process.argv[3] ?? 3);
const batchSizes = (process.argv[4] ?? '1000').split(',').map(Number);

const server = await startPostgres(['max_wal_size=8GB', 'shared_buffers=512MB']);
const urlOf = (database: string) => Object.assign(new URL(server.url), { pathname: `/${database}` }).href;
const admin = new pg.Client({ connectionString: server.url });
await admin.connect();
try {
  await admin.query('create database broken');
  await on('broken', breakFleet);
  const byHand: number[] = [];
  const repairs = new Map<number, { find: number[]; plan: number[]; apply: number[] }>();
  for (const size of batchSizes) repairs.set(size, { find: [], plan: [], apply: [] });
  for (let run = 0; run < runs; run++) {
    byHand.push(await onCopy((client) => timed(() => updateByHand(client))));
    for (const size of batchSizes) {
      const { find, plan, apply } = await onCopy((_client, url) => repair(url, size));
      repairs.get(size)?.find.push(find);
      repairs.get(size)?.plan.push(plan);
      repairs.get(size)?.apply.push(apply);
    }
  }
  const hand = median(byHand);
  const result = {
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    flows,
    runs,
    milliseconds: {
      byHand: hand,
      repair: Object.fromEntries(
        [...repairs].map(([size, { find, plan, apply }]) => [
          `batches of ${size}`,
          { find: median(find), plan: median(plan), apply: median(apply) },
        ]),
      ),
    },
    ratios: Object.fromEntries(
      [...repairs].map(([size, { apply }]) => [
        `bulk repair in batches of ${size} / hand-written UPDATEs`,
        Math.round((median(apply) / hand) * 100) / 100,
      ]),
    ),
  };
  await mkdir('artefacts', { recursive: true });
  await writeFile('artefacts/bench-repair.json', `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await admin.end();
  await server.stop();
}

/** Every flow waits for an approval nobody was shown; one in four has lost the link of its import too. */
async function breakFleet(client: pg.Client): Promise<void> {
  await makeFleetOf(client, flows);
  await client.query(`
    update migration.discovery_flows set status = 'running', progress_percentage = 0, data_import_completed = true,
      field_mapping_completed = false, data_cleansing_completed = false, asset_inventory_completed = false,
      dependency_analysis_completed = false, tech_debt_assessment_completed = false, completed_at = null,
      current_phase = 'field_mapping', field_mappings = '{"a": "b", "c": "d"}'`);
  await client.query(`
    update migration.crewai_flow_state_extensions set flow_status = 'initialized',
      flow_persistence_data = '{"current_phase": "field_mapping", "field_mappings": {"a": "b", "c": "d"}}'`);
  await client.query(`
    update migration.data_imports i set master_flow_id = case when hashtext(i.id::text) % 4 = 0 then null else m.id end
    from migration.discovery_flows c join migration.crewai_flow_state_extensions m using (flow_id)
    where c.data_import_id = i.id`);
  await client.query('create index on migration.raw_import_records (data_import_id)');
  await client.query('vacuum (full, analyze)');
}

async function updateByHand(client: pg.Client): Promise<void> {
  await client.query(`
    update migration.discovery_flows set status = 'waiting_for_approval', progress_percentage = 16.7, updated_at = now()
    where status = 'running'`);
  await client.query(`
    update migration.crewai_flow_state_extensions set flow_status = 'waiting_for_approval', updated_at = now()
    where flow_status = 'initialized'`);
  await client.query(`
    update migration.data_imports i set master_flow_id = m.id, updated_at = now()
    from migration.discovery_flows c join migration.crewai_flow_state_extensions m using (flow_id)
    where c.data_import_id = i.id and i.master_flow_id is null`);
}

async function repair(url: string, batchSize: number): Promise<{ find: number; plan: number; apply: number }> {
  const session = writable(
    await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: url, FLOWMEND_STATEMENT_TIMEOUT_MS: '600000' })),
  );
  try {
    let start = performance.now();
    const { flowIds } = await flowsToMend(session, {});
    const find = performance.now() - start;
    start = performance.now();
    const plan = await planMany(session, flowIds, { batchSize });
    const planned = performance.now() - start;
    start = performance.now();
    const outcome = await applyMany(session, plan, { createJournal: true });
    const apply = performance.now() - start;
    if (outcome.applied !== flows) throw new Error(JSON.stringify({ ...outcome, receipts: [] }).slice(0, 2_000));
    return { find, plan: planned, apply };
  } finally {
    await session.close();
  }
}

async function onCopy<T>(work: (client: pg.Client, url: string) => Promise<T>): Promise<T> {
  await admin.query('create database copy template broken');
  try {
    return await on('copy', (client) => work(client, urlOf('copy')));
  } finally {
    await admin.query('drop database copy with (force)');
  }
}

async function on<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf(database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return Math.round([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
}
