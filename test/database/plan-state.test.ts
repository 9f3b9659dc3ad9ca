import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { writePlanFile } from '../../shared/repair/document/plan-file.ts';
import { latestReceipt, receiptById, receipts } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { freePort } from '../support/free-port.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { documentedRole } from '../support/roles.ts';

const FLOWS = 6;
const agreed = { createJournal: true };
let install: Install;
let session: WriteSession;
let folder: string;
let file: string;
let plan: Plan;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  file = join(folder, 'many.json');
  let ids: string[] = [];
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: FLOWS }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  session = await install.session({ FLOWMEND_JOURNAL_FILE: join(folder, 'journal.jsonl') });
  plan = await planMany(session, ids, { batchSize: 2 });
  await writePlanFile(file, plan);
});
afterEach(async () => {
  await install.close();
  await rm(folder, { recursive: true });
});

const shown = (url: string, args: string[] = ['plan', file]) =>
  flowmend(args, { FLOWMEND_DATABASE_URL: url, FLOWMEND_JOURNAL_FILE: join(folder, 'journal.jsonl') }, folder);
const interrupted = () => applyMany(session, plan, { ...agreed, lanes: 1, between: async () => 'stop' });

test('a plan of many that was interrupted is begun, with what is left, and not used', async () => {
  expect(await planState(session, plan)).toMatchObject({ kind: 'fresh' });
  const { receipts: made } = await interrupted();
  expect(await planState(session, plan)).toMatchObject({
    kind: 'begun',
    total: FLOWS,
    applied: 2,
    takenBack: 0,
    left: 4,
    drift: [],
    expired: false,
  });
  await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [plan.flows[5]]);
  const begun = await shown(install.url);
  expect(begun.stdout).toMatch(/begun: 2 of 6 flows applied; 4 left: applied again/);
  expect(begun.stdout).toContain('rows of 1 flow of those changed');
  expect(begun.code).toBe(7);

  await apply(session, planUndo(session, await receiptById(session, made[0] ?? '')), agreed);
  expect(await planState(session, plan)).toMatchObject({ kind: 'begun', applied: 0, takenBack: 2, left: 4 });
  await install.query(`update migration.discovery_flows set status = 'running' where flow_id = $1`, [plan.flows[5]]);
  await applyMany(session, plan, agreed);
  expect(await planState(session, plan)).toMatchObject({ kind: 'taken back' });
  const back = await shown(install.url);
  expect([back.code, back.stdout]).toEqual([4, expect.stringContaining('▲ taken back')]);
});

test.each(['no right on the schema', 'usage of the schema only'])(
  'a role that reads flows and not the journal (%s) reads a plan; the journal is not called empty',
  async (rights) => {
    await interrupted();
    const role = `reader_${randomUUID().slice(0, 8)}`;
    const url = await documentedRole(install, 'The role that reads', role);
    if (rights.startsWith('usage')) await install.query(`grant usage on schema flowmend to ${role}`);
    const later = await planMany(session, plan.flows.slice(2));
    await writePlanFile(join(folder, 'later.json'), later);
    const fresh = await shown(url, ['plan', 'later.json']);
    expect(fresh.stdout).toContain(later.flows[0]);
    expect(fresh.stdout).toMatch(/not checked: This role may not read the journal/);
    expect(fresh.code).toBe(3);
    const journal = await shown(url, ['journal']);
    expect([journal.code, journal.stdout]).toEqual([3, '']);
    expect(journal.stderr).toContain('may not read the journal');

    const reader = await install.session({ FLOWMEND_DATABASE_URL: url });
    const denied = { code: 'no-rights' };
    await expect(receipts(reader, { limit: 9 })).rejects.toMatchObject(denied);
    await expect(latestReceipt(reader, plan.flows[0] ?? '')).rejects.toMatchObject(denied);
    await expect(receiptById(reader, randomUUID())).rejects.toMatchObject(denied);
    // What changed is seen all the same.
    const stale = await shown(url);
    expect([stale.code, stale.stdout]).toEqual([4, expect.stringContaining('▲ stale')]);
  },
);

test('a saved plan is read without a database, and with none that answers', async () => {
  const gone = await shown(`postgresql://postgres@127.0.0.1:${await freePort()}/nothing`);
  expect(gone.stdout).toContain(plan.flows[0]);
  expect(gone.stdout).toMatch(/not checked: No connection to the database/);
  expect(gone.code).toBe(3);
  const none = await flowmend(['plan', file, '--json'], {}, folder);
  expect(JSON.parse(none.stdout)).toMatchObject({ state: { kind: 'unchecked' }, plan: { hash: plan.hash } });
  expect(none.code).toBe(3);
});
