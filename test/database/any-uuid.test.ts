import { createHash } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { olderInstall } from '../../shared/demo/install-schema.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { readPlanFile, writePlanFile } from '../../shared/repair/document/plan-file.ts';
import { receiptById, receipts } from '../../shared/repair/journal/journal-place.ts';
import { readFlowList, writeFailedFlows } from '../../shared/repair/plan/failed-file.ts';
import { flowsToMend } from '../../shared/repair/plan/flows-to-mend.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { draftUndo } from '../../shared/repair/undo/draft-undo.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** Ids that PostgreSQL takes and RFC 9562 does not know: made by md5, by hand, all zeros and all ones. */
let install: Install;
let session: WriteSession;
const agreed = { createJournal: true, stopAtShare: 1 };
const NIL = '00000000-0000-0000-0000-000000000000';
const MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const BY_HAND = '11111111-1111-1111-1111-111111111111';

beforeAll(async () => {
  const names = new Map<string, string>();
  const made = [NIL, MAX, BY_HAND, 'md5'].map((id) => {
    const rows = broken(olderInstall);
    if (id !== 'md5') names.set(rows.flowId, id);
    return rows;
  });
  const id = (text: string) => {
    const digits = createHash('md5').update(text).digest('hex');
    return names.get(text) ?? digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  };
  // Every id that a row of them has, each to the same other one wherever it stands.
  const spelled = JSON.parse(
    JSON.stringify(made).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (found) => id(found)),
  ) as typeof made;
  install = await makeInstall('PostgreSQL', () => spelled);
  session = await install.session();
});
afterAll(() => install.close());

// Seen to fail with ids as RFC 9562 has them: nothing could be planned.
test('one flow: planned, saved and read, tried out, applied, listed and taken back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flowmend-ids-'));
  const before = await install.everyRow();
  for (const flowId of [NIL, MAX, BY_HAND]) {
    const plan = planRepair(session, (await diagnose(session, flowId)).facts);
    const path = join(folder, `${flowId}.json`);
    await writePlanFile(path, plan);
    const read = await readPlanFile(path);
    expect(await preview(session, read)).toMatchObject({ kind: 'ran' });
    const outcome = await apply(session, read, agreed);
    expect(outcome).toMatchObject({ kind: 'applied', receipt: { flows: [flowId] } });
    const [newest] = await receipts(session, { flowId, limit: 1 });
    expect(newest?.flows).toEqual([flowId]);
    const { plan: undo } = await draftUndo(session, await receiptById(session, newest?.id ?? ''));
    expect(undo && (await apply(session, undo, agreed))).toMatchObject({ kind: 'applied' });
  }
  expect(await install.everyRow()).toEqual(before);
});

test('all of them, and the list of those that failed', async () => {
  const { flowIds } = await flowsToMend(session, {});
  expect(flowIds).toEqual(expect.arrayContaining([NIL, MAX, BY_HAND]));
  expect(flowIds).toHaveLength(4);
  const path = join(await mkdtemp(join(tmpdir(), 'flowmend-ids-')), 'failed.json');
  await writeFailedFlows(
    path,
    'x',
    flowIds.map((flowId) => ({ flowId, kind: 'stale', why: 'x' })),
  );
  expect((await readFlowList(path)).flows).toEqual(flowIds);
  expect(await readFile(path, 'utf8')).toContain(NIL);
  const plan = await planMany(session, flowIds, { batchSize: 3 });
  expect(await applyMany(session, plan, agreed)).toMatchObject({ kind: 'done', applied: 4, failed: [] });
});

test('a receipt of an older Flowmend may have such an id too', async () => {
  await expect(receiptById(session, NIL)).rejects.toMatchObject({ code: 'unknown-receipt' });
  await install.query(
    'update flowmend.journal set id = $1 where undoes is null and cardinality(flows) = 1 and id not in (select undoes from flowmend.journal where undoes is not null)',
    [BY_HAND],
  );
  expect(await receiptById(session, BY_HAND.toUpperCase())).toMatchObject({ id: BY_HAND });
});
