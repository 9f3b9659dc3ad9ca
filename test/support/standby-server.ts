import { execFile } from 'node:child_process';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { LONGEST_WAIT_MS, PASSWORD, type PostgresServer, postgresServer } from './postgres-server.ts';

/**
 * A hot standby of a running server: made from a base backup, and streaming from it. The same databases and roles, to be
 * read and not written.
 */
export async function startStandby(primary: PostgresServer): Promise<PostgresServer> {
  const said: string[] = [];
  const source = `host=127.0.0.1 port=${primary.port} user=postgres password='${PASSWORD}'`;
  const { server, ...standby } = await postgresServer([`primary_conninfo=${source}`], said);
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  await client.query("select pg_backup_start('standby', true)");
  await copied(primary.dataFolder, standby.dataFolder);
  const { rows } = await client.query('select labelfile from pg_backup_stop(false)');
  await client.end();
  await rm(join(standby.dataFolder, 'postmaster.pid'));
  for (const [name, text] of [
    ['backup_label', rows[0].labelfile],
    ['standby.signal', ''],
  ] as const) {
    await writeFile(join(standby.dataFolder, name), text);
    // The server runs as another user than the tests, where those run as root.
    await chmod(join(standby.dataFolder, name), 0o666);
  }
  // The library waits for words that a standby does not say.
  const ended = server.start().catch(() => {
    throw new Error(`The standby did not start: ${said.slice(-5).join(' ')}`);
  });
  await Promise.race([ended, answers(standby.url)]);
  return standby;
}

/** A server at work removes files meanwhile; a base backup does without them. */
async function copied(from: string, to: string): Promise<void> {
  const env = { ...process.env, LC_ALL: 'C' };
  await promisify(execFile)('cp', ['-a', from, to], { env }).catch(({ stderr }) => {
    const gone = (line: string) => line === '' || line.endsWith(': No such file or directory');
    if (!String(stderr).split('\n').every(gone)) throw new Error(String(stderr));
  });
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (thrown) {
      if (Date.now() > deadline) throw thrown;
      await sleep(100);
    }
  }
}
