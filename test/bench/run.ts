import { execFile } from 'node:child_process';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';
import pg from 'pg';
import { diagnose } from '../../shared/diagnose/diagnose.ts';
import { scan } from '../../shared/diagnose/scan.ts';
import { apply } from '../../shared/repair/apply.ts';
import { planRepair } from '../../shared/repair/plan-repair.ts';
import { openSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { makeFleetOf } from './fleet-of.ts';

/** Measures Flowmend against a baseline in the same run, and writes the ratios as JSON. Usage: run.ts [flows] */
const flows = Number(process.argv[2] ?? 100_000);
const REPEATS = 5;

const server = await startPostgres();
try {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await makeFleetOf(client, flows);
  const session = writable(
    await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: server.url, FLOWMEND_STATEMENT_TIMEOUT_MS: '600000' })),
  );

  const bareJoin = await median(() =>
    // The columns are counted so that PostgreSQL cannot leave the joins out.
    client.query(`select count(m.id), count(i.id) from migration.discovery_flows c
      left join migration.crewai_flow_state_extensions m on m.flow_id = c.flow_id
      left join migration.data_imports i on i.id = c.data_import_id`),
  );
  const fullScan = await median(() => scan(session));
  const broken = (await scan(session)).flows.filter((flow) => flow.findings.some((one) => one.wayOut === 'fix'));
  const flowId = broken[0]?.flowId ?? '';
  const threeSelects = await median(async () => {
    await client.query('select * from migration.discovery_flows where flow_id = $1', [flowId]);
    await client.query('select * from migration.crewai_flow_state_extensions where flow_id = $1', [flowId]);
    await client.query(
      'select i.* from migration.data_imports i join migration.discovery_flows c on c.data_import_id = i.id where c.flow_id = $1',
      [flowId],
    );
  });
  const oneDiagnosis = await median(() => diagnose(session, flowId));
  const plans = await Promise.all(
    broken.slice(1, 2 + REPEATS).map(async (flow) => planRepair(session, (await diagnose(session, flow.flowId)).facts)),
  );
  const oneApply = await median(async () => {
    const plan = plans.pop();
    if (plan) await apply(session, plan, { createJournal: true });
  });
  const bareNode = await median(() => promisify(execFile)(process.execPath, ['-e', '0']));
  const startUp = await median(() => promisify(execFile)(process.execPath, ['dist/flowmend.js', '--version']));
  await session.close();
  await client.end();

  const result = {
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    flows,
    milliseconds: { bareJoin, fullScan, threeSelects, oneDiagnosis, oneApply, bareNode, startUp },
    ratios: {
      'scan of all flows / bare three-table join': ratio(fullScan, bareJoin),
      'diagnosis of one flow / three selects': ratio(oneDiagnosis, threeSelects),
      'apply of one plan / three selects': ratio(oneApply, threeSelects),
      'start of flowmend / start of node': ratio(startUp, bareNode),
    },
    bundleKiB: Math.round((await stat('dist/flowmend.js')).size / 1024),
  };
  await mkdir('artefacts', { recursive: true });
  await writeFile('artefacts/bench.json', `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await server.stop();
}

/** Median milliseconds of a few runs, after one that does not count. */
async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= REPEATS; run++) {
    const start = performance.now();
    await work();
    if (run > 0) times.push(performance.now() - start);
  }
  return Math.round((times.sort((a, b) => a - b)[Math.floor(REPEATS / 2)] ?? 0) * 100) / 100;
}

function ratio(measured: number, baseline: number): number {
  return Math.round((measured / baseline) * 100) / 100;
}
