import { execFile } from 'node:child_process';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../support/postgres-server.ts';
import { diagnosisFigures } from './diagnosis.ts';
import { AGED, makeFleetOf } from './fleet-of.ts';
import { compared } from './stopwatch.ts';

/**
 * Measures Flowmend against baselines in the same run on one server with PostgreSQL's own default settings, and writes the
 * figures with their bars as JSON. Usage: run.ts [flows] [release], the release `platform` or `newest`
 */
const flows = Number(process.argv[2] ?? 1_000_000);
const release = process.argv[3] === 'platform' ? 'platform' : 'newest';

const server = await startPostgres([], release);
try {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await makeFleetOf(client, flows);
  const { rows: settings } = await client.query(
    `select name, setting || coalesce(unit, '') as value from pg_settings
     where name in ('server_version', 'work_mem', 'hash_mem_multiplier', 'shared_buffers', 'max_parallel_workers_per_gather')`,
  );
  await client.end();
  const figures = await diagnosisFigures(server.url);
  const run = promisify(execFile);
  const start = await compared(
    () => run(process.execPath, ['dist/flowmend.js', '--version']),
    () => run(process.execPath, ['-e', '0']),
  );
  const result = {
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      postgres: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    },
    fleet: { flows, masters: flows, imports: flows, openOneIn: AGED.open, brokenOneIn: AGED.broken },
    figures,
    startOfFlowmendToStartOfNode: start,
    bundleKiB: Math.round((await stat('dist/flowmend.js')).size / 1024),
  };
  await mkdir('artefacts', { recursive: true });
  await writeFile('artefacts/bench.json', `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  for (const { work, bar, measured } of figures) {
    process.stdout.write(
      `${measured <= bar ? '✔' : '✖'} ${work}: ${measured} (at most ${Number(bar.toPrecision(3))})\n`,
    );
  }
} finally {
  await server.stop();
}
