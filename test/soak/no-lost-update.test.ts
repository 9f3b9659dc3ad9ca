import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import type { WriteSession } from '../../shared/session.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { broken, planOf } from './broken-flows.ts';
import { randomOf, rounds, SOAK_TIMEOUT_MS } from './rounds.ts';

/*
 * Seen to fail within a few applies when the guards are not compared: a progress of 7 that the platform had just written
 * was overwritten by a plan made from 0.
 */
const APPLIES = rounds(60, 10_000);
const FLOWS = 8;
/** How long a plan waits before it is applied: so that the platform writes in between, often but not always. */
const MAX_PAUSE_MS = 6;

let install: Install;
let session: WriteSession;
let platform: pg.Client;
const flows: string[] = [];

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) =>
    Array.from({ length: FLOWS }, () => {
      const one = broken(variant);
      flows.push(one.flowId);
      return one;
    }),
  );
  // What each write found, kept by the database itself.
  await install.query(`
    create table migration.overwritten (
      number bigint generated always as identity, id uuid, writer text, status text, progress text);
    create index on migration.overwritten (id, number);
    create function migration.keep_overwritten() returns trigger language plpgsql as $$ begin
      insert into migration.overwritten (id, writer, status, progress)
      values (old.id, current_setting('application_name'), old.status, old.progress_percentage::text);
      return new; end $$;
    create trigger keep_overwritten after update on migration.discovery_flows
      for each row execute function migration.keep_overwritten()`);
  session = await install.session({ FLOWMEND_LOCK_TIMEOUT_MS: '240000' });
  platform = new pg.Client({ connectionString: install.url, application_name: 'platform' });
  await platform.connect();
});

afterAll(async () => {
  await platform.end();
  await install.close();
});

test(
  `a writer that changes the same flows under ${APPLIES} applies: none of its writes is overwritten unseen`,
  async () => {
    const random = randomOf('no lost update');
    const of = <T>(some: readonly T[]) => some[Math.floor(random() * some.length)] as T;
    let stop = false;
    const writer = (async () => {
      while (!stop) {
        await platform.query(
          `update migration.discovery_flows set status = $2, progress_percentage = $3, updated_at = now()
           where flow_id = $1`,
          [of(flows), of(['running', 'processing', 'active']), Math.floor(random() * 16)],
        );
        await sleep(random() * 3);
      }
    })();
    const seen = { applied: 0, stale: 0 };
    for (let round = 0; round < APPLIES; round++) {
      const plan = await planOf(session, of(flows));
      await sleep(random() * MAX_PAUSE_MS);
      const { kind } = await apply(session, plan, { createJournal: true });
      if (kind === 'applied') seen.applied++;
      else if (kind === 'stale') seen.stale++;
      else expect(plan.steps).toEqual([]);
      if (kind === 'applied') expect(await overwrittenBy(plan)).toEqual(guardOf(plan));
    }
    stop = true;
    await writer;
    // Otherwise they never met, and nothing was proven.
    expect(Math.min(seen.applied, seen.stale)).toBeGreaterThan(0);
  },
  SOAK_TIMEOUT_MS,
);

/** What the newest write of Flowmend to the child of a plan found there. */
async function overwrittenBy(plan: Plan): Promise<unknown> {
  const [row] = await install.query(
    `select status, progress from migration.overwritten where id = $1 and writer = 'flowmend' order by number desc limit 1`,
    [childOf(plan)?.key],
  );
  return row;
}

function guardOf(plan: Plan): unknown {
  const guard = childOf(plan)?.guard ?? {};
  return { status: guard.status, progress: guard.progress_percentage };
}

function childOf(plan: Plan): Plan['steps'][number] | undefined {
  return plan.steps.find(({ record }) => record === 'child');
}
