import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Step } from '../../shared/repair/document/plan.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { lockRows } from '../../shared/repair/run/lock-rows.ts';
import type { WriteSession } from '../../shared/session.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** The keys of three child records, in the order in which they lie in the table: the last one first. */
const [LAST, MIDDLE, FIRST] = ['3', '2', '1'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);

let install: Install;
let steps: Step[];

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) =>
    [LAST, MIDDLE, FIRST].map((id) => flow(variant, { child: { id, progress_percentage: 0 } })),
  );
  const session = await install.session();
  const flows = await install.query('select flow_id from migration.discovery_flows');
  const plan = await planMany(
    session,
    flows.map(({ flow_id }) => String(flow_id)),
  );
  steps = plan.steps.filter(({ record }) => record === 'child');
});
afterAll(() => install.close());

/** Roles that read a table in one way only. */
const ROLES = {
  'by the keys': { name: `by_keys_${process.pid}`, without: ['seqscan', 'bitmapscan'] },
  'as the rows lie': { name: `as_they_lie_${process.pid}`, without: ['indexscan', 'bitmapscan'] },
};

async function reading(way: keyof typeof ROLES): Promise<WriteSession> {
  const { name, without } = ROLES[way];
  await install.query(`create role ${name} superuser login password 'change me'`);
  for (const scan of without) await install.query(`alter role ${name} set enable_${scan} = off`);
  const url = Object.assign(new URL(install.url), { username: name, password: 'change me' });
  return install.session({ FLOWMEND_DATABASE_URL: url.href, FLOWMEND_LOCK_TIMEOUT_MS: '240000' });
}

// Seen to fail without `order by key`: each of the two has what the other waits for, and PostgreSQL ends one (40P01).
test('two repairs of the same rows never wait in a circle, in whatever order PostgreSQL reads them', async () => {
  const sessions = [await reading('by the keys'), await reading('as the rows lie')];
  const third = new pg.Client({ connectionString: install.url });
  await third.connect();
  try {
    await third.query('begin');
    await third.query('select from migration.discovery_flows where id = $1 for update', [MIDDLE]);
    const locking = sessions.map(({ writer, catalog }) =>
      writer.trial((transaction) => lockRows(transaction, catalog, steps, 'wait')),
    );
    const both = Promise.all(locking);
    both.catch(() => {});
    await expect.poll(waiting).toBe(2);
    await third.query('rollback');
    expect(await both).toMatchObject([{ missing: [] }, { missing: [] }]);
  } finally {
    await third.end();
    // Roles are the server's, not the database's.
    for (const role of Object.values(ROLES)) await install.query(`drop role if exists ${role.name}`);
  }
});

async function waiting(): Promise<number> {
  const rows = await install.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length;
}
