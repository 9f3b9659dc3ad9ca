import { afterAll, beforeAll, expect, test } from 'vitest';
import { locate } from '../../shared/diagnose/locate/locate.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { exportFlow } from '../../shared/export/export-flow.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { seal } from '../../shared/repair/document/plan.ts';
import { latestReceipt } from '../../shared/repair/journal/journal-place.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { watch } from '../../shared/resume/watch.ts';
import type { WriteSession } from '../../shared/session.ts';
import { flow } from '../support/flow.ts';
import { freePort } from '../support/free-port.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { onPort, openRelay } from '../support/relay.ts';

/**
 * A replica that lags far behind: on the primary the flow has stopped matching its flags, on the replica it is still well,
 * and another flow is there that the primary deleted.
 */
let primary: Install;
let replica: Install;
let session: WriteSession;
let flowId = '';
let deleted = '';

beforeAll(async () => {
  primary = await makeInstall('PostgreSQL', (variant) => {
    const here = flow(variant, { child: { progress_percentage: 99 } });
    flowId = here.flowId;
    return [here];
  });
  replica = await makeInstall('PostgreSQL', (variant) => {
    const gone = flow(variant, { child: { status: 'unheard-of' } });
    deleted = gone.flowId;
    return [gone, flow(variant), flow(variant)];
  });
  session = await primary.session({ FLOWMEND_READ_URL: replica.url });
});
afterAll(async () => {
  await primary.close();
  await replica.close();
});

test('the fleet is read from the replica', async () => {
  const { totals, flows } = await scan(session);
  expect(totals.flows).toBe(3);
  expect(flows.map((one) => one.flowId)).toEqual([deleted]);
  const { locations, database } = await locate(session, deleted);
  expect(locations.length).toBeGreaterThan(0);
  // It says which of the two was read.
  expect(database).toBe(`${new URL(replica.url).pathname.slice(1)} on ${new URL(replica.url).host}, the replica`);
});

test('one flow is read from the primary, by a prefix too', async () => {
  const { diagnosis } = await diagnose(session, flowId.slice(0, 8));
  expect(diagnosis.findings.map(({ rule }) => rule)).toEqual(['progress-out-of-step']);
  await expect(diagnose(session, deleted)).rejects.toMatchObject({ code: 'unknown-flow' });
});

test('the records of one flow are exported from the primary', async () => {
  const { records } = await exportFlow(session, flowId);
  expect(records.child).toMatchObject([{ flow_id: flowId, progress_percentage: '99' }]);
  expect([records.master.length, records.import.length]).toEqual([1, 1]);
  expect(records.rawRecords.length).toBeGreaterThan(0);
});

test('what was applied is found in the journal, seen and taken back, though the replica knows nothing of it', async () => {
  const before = await primary.everyRow();
  const { facts } = await diagnose(session, flowId);
  const plan = planRepair(session, facts);
  expect(await apply(session, plan, { createJournal: true })).toMatchObject({ kind: 'applied' });
  expect(await apply(session, plan, { createJournal: true })).toMatchObject({ kind: 'already applied' });
  expect((await diagnose(session, flowId)).diagnosis.findings).toEqual([]);
  const receipt = await latestReceipt(session, flowId);
  if (!receipt) throw new Error('no receipt');
  expect(await apply(session, planUndo(session, receipt), { createJournal: false })).toMatchObject({ kind: 'applied' });
  expect(await primary.everyRow()).toEqual(before);
});

test('a flow is followed on the primary', async () => {
  const { value } = await watch(session, { flowId, timeoutMs: 0, everyMs: 1 }).next();
  expect(value).toMatchObject({ flowId, status: 'processing' });
});

test('while the primary is away, the fleet can be scanned all the same', async () => {
  const away = await replica.session({
    FLOWMEND_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
    FLOWMEND_READ_URL: replica.url,
  });
  expect((await scan(away)).totals.flows).toBe(3);
  await expect(diagnose(away, deleted)).rejects.toMatchObject({ code: 'no-connection' });
});

test('a primary that was away when the session opened: once it answers, plans and receipts are of its database', async () => {
  const port = await freePort();
  const url = onPort(primary.url, port);
  const late = await replica.session({ FLOWMEND_DATABASE_URL: url, FLOWMEND_READ_URL: replica.url });
  const ofReplica = late.catalog.databaseName;
  await expect(diagnose(late, flowId)).rejects.toMatchObject({ code: 'no-connection' });
  const relay = await openRelay(primary.url, (near, far) => near.pipe(far).pipe(near), port);
  try {
    const { facts } = await diagnose(session, flowId);
    // A plan of the primary is none of the database that is known until now, and one of the replica is none of the primary.
    const plan = { ...planRepair(session, facts), database: late.settings.database.label };
    const { hash: _, digests: __, ...body } = plan;
    const forReplica = seal({ ...body, server: late.catalog.server });
    const before = await primary.everyRow();
    await expect(preview(late, forReplica)).rejects.toMatchObject({
      code: 'no-connection',
      message: expect.stringContaining('another database than the replica'),
    });
    await expect(preview(late, forReplica)).rejects.toMatchObject({ code: 'plan-forged' });
    expect([ofReplica, late.catalog.databaseName]).toEqual([
      replica.url.split('/').at(-1),
      primary.url.split('/').at(-1),
    ]);
    expect(late.catalog.server).toEqual(session.catalog.server);
    expect(await primary.everyRow()).toEqual(before);
    const own = planRepair(late, (await diagnose(late, flowId)).facts);
    expect(own.server).toEqual(session.catalog.server);
    const outcome = await apply(late, own, { createJournal: true });
    if (outcome.kind !== 'applied') throw new Error(outcome.kind);
    expect(await apply(late, planUndo(late, outcome.receipt), { createJournal: false })).toMatchObject({
      kind: 'applied',
    });
    expect(await primary.everyRow()).toEqual(before);
  } finally {
    await late.close();
    await relay.close();
  }
});

test('without a replica there is one reader', async () => {
  const alone = await primary.session();
  expect(alone.primary).toBe(alone.reader);
});
