import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import type { WriteSession } from '../../shared/session.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { broken } from './broken-flows.ts';
import { randomOf, rounds, SOAK_TIMEOUT_MS } from './rounds.ts';

/*
 * PostgreSQL itself keeps the bounds: a session that waits for a lock longer than its lock_timeout gets an error. So there
 * is nothing to time here, and no wait too long can be missed.
 *
 * Seen to fail when the guarantee is broken: with FOR UPDATE in place of FOR NO KEY UPDATE the records of an import that
 * is being repaired cannot be inserted; with LOCK TABLE the reader waits; with the guards left out a status of the
 * platform is overwritten.
 */
const FLOWS = rounds(300, 10_000);
const BATCH = 50;
/** The shortest bound there is: who never waits does not notice it. */
const NO_WAIT = '1ms';
/** Whoever makes a table longer may be kept from it by a machine that is busy; a lock of the table is held through a batch. */
const MAX_TRIES = 10;
/** The bound for who writes the very rows that a batch holds: it may wait until the batch commits. */
const BOUND = '3s';

let install: Install;
let session: WriteSession;
const flows: { flowId: string; importId: string }[] = [];

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const all = Array.from({ length: FLOWS }, () => broken(variant));
    flows.push(...all);
    return all;
  });
  await install.query(`
    create index on migration.data_imports (master_flow_id);
    create table migration.overwritten (flow_id uuid, writer text, found text);
    create function migration.keep_overwritten() returns trigger language plpgsql as $$ begin
      insert into migration.overwritten values (old.flow_id, current_setting('application_name'), old.status);
      return new; end $$;
    create trigger keep_overwritten after update of status on migration.discovery_flows
      for each row execute function migration.keep_overwritten();
    analyze`);
  session = await install.session();
});
afterAll(() => install.close());

test(
  `a bulk repair of ${FLOWS} flows: readers and foreign keys never wait, writers of the same rows not beyond the bound`,
  async () => {
    const random = randomOf('no blocking');
    const any = () => flows[Math.floor(random() * flows.length)] ?? { flowId: '', importId: '' };
    const plan = await planMany(
      session,
      flows.map((one) => one.flowId),
      { batchSize: BATCH },
    );
    let running = true;
    const done = { read: 0, inserted: 0, written: 0 };
    const paused = new Set<string>();
    const busy = async (name: string, lockTimeout: string, work: (client: pg.Client) => Promise<void>) => {
      const client = new pg.Client({ connectionString: install.url, application_name: name });
      await client.connect();
      await client.query(`set lock_timeout = '${lockTimeout}'`);
      try {
        while (running) {
          await work(client);
          await sleep(1);
        }
      } finally {
        await client.end();
      }
    };
    const platform = Promise.all([
      busy('reader', NO_WAIT, async (client) => {
        await client.query(
          `select c.*, m.*, i.* from migration.discovery_flows c
           join migration.crewai_flow_state_extensions m using (flow_id)
           join migration.data_imports i on i.id = c.data_import_id where c.flow_id = $1`,
          [any().flowId],
        );
        done.read++;
      }),
      busy('importer', NO_WAIT, async (client) => {
        const { importId } = any();
        const insert = (tries: number): Promise<unknown> =>
          client
            .query(
              `insert into migration.raw_import_records (id, data_import_id, row_number, raw_data) values ($1, $2, 9, '{}')`,
              [randomUUID(), importId],
            )
            .catch((thrown) => (tries > 1 && metMakingItLonger(thrown) ? insert(tries - 1) : Promise.reject(thrown)));
        await insert(MAX_TRIES);
        done.inserted++;
      }),
      busy('platform', BOUND, async (client) => {
        const { flowId } = any();
        const { rowCount } = await client.query(
          `update migration.discovery_flows set status = 'paused' where flow_id = $1 and status = 'running'`,
          [flowId],
        );
        if (rowCount === 1) paused.add(flowId);
        done.written++;
      }),
    ]);
    // They are at work before the repair begins.
    await expect.poll(() => Math.min(done.read, done.inserted, done.written), { timeout: 30_000 }).toBeGreaterThan(3);
    const outcome = await applyMany(session, plan, { createJournal: true, stopAtShare: 1 }).finally(() => {
      running = false;
    });
    await platform;
    expect(outcome.left).toBe(0);
    // Every flow that the platform reached first was left as the platform wrote it, and told.
    const told = new Set(outcome.failed.map((one) => one.flowId));
    const found = await install.query(
      `select distinct found from migration.overwritten where writer = 'flowmend' order by 1`,
    );
    expect(found).toEqual([{ found: 'running' }]);
    expect([...paused].filter((flowId) => !told.has(flowId))).toEqual([]);
    expect(outcome.applied + told.size).toBe(FLOWS);
    // Otherwise they never met.
    expect(Math.min(outcome.applied, paused.size)).toBeGreaterThan(0);
  },
  SOAK_TIMEOUT_MS,
);

/**
 * Two sessions that make the same table longer at the same moment wait for each other, whatever else they do, for as long
 * as that takes. Whoever waits for a row is told which; who waits for a whole table does so again.
 */
function metMakingItLonger({ code, where }: { code?: string; where?: string }): boolean {
  return code === '55P03' && where === undefined;
}
