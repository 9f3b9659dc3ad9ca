import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { LONGEST_WAIT_MS } from './postgres-server.ts';
import { onPort } from './relay.ts';

const run = promisify(execFile);

export interface Pooler {
  /** The connection URL of a database, by way of the pooler. */
  through(url: string): string;
  stop(): Promise<void>;
}

/**
 * pgbouncer in front of the server of a URL. By the transaction, all its clients take turns on one connection.
 * @param mostClients it takes no more of them at once
 */
export async function startPgbouncer(
  serverUrl: string,
  mode: 'session' | 'transaction' | 'statement',
  mostClients = 200,
): Promise<Pooler> {
  const program = await pgbouncer();
  const folder = await mkdtemp(join(tmpdir(), 'flowmend-pgbouncer-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const { port: serverPort, username, password } = new URL(serverUrl);
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
* = host=127.0.0.1 port=${serverPort} user=${username} password='${decodeURIComponent(password)}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${mode === 'session' ? 20 : 1}
max_client_conn = ${mostClients}
`,
  );
  // It refuses to run as root.
  const asWhom = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(program, [...asWhom, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = String(chunk);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const through = (url: string) => onPort(url, port);
  for (const deadline = Date.now() + LONGEST_WAIT_MS; !(await answers(through(serverUrl))); await sleep(100)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`pgbouncer did not start: ${said}`);
  }
  return {
    through,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

const PROGRAM = '/usr/sbin/pgbouncer';

/** Debian's own; where it is missing and may be installed, it is. */
async function pgbouncer(): Promise<string> {
  if (await isThere()) return PROGRAM;
  const environment = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    await run('apt-get', ['update'], environment);
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'pgbouncer'], environment);
  } catch (cause) {
    throw new Error('This test needs pgbouncer, which could not be installed: apt-get install pgbouncer', { cause });
  }
  return PROGRAM;
}

const isThere = () =>
  run(PROGRAM, ['--version']).then(
    () => true,
    () => false,
  );
