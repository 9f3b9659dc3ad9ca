import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { receiptById } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { draftUndo } from '../../shared/repair/undo/draft-undo.ts';
import { draftRunUndo } from '../../shared/repair/undo/undo-run.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** A receipt that lists a row under a flow that has no such row. All columns are those that repairs write. */
const agreed = { createJournal: true };
let install: Install;
let session: WriteSession;
let mine: ReturnType<typeof flow>;
let other: ReturnType<typeof flow>;
let more: ReturnType<typeof flow>[];

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    mine = broken(variant);
    other = flow(variant);
    more = [broken(variant), broken(variant)];
    return [mine, other, ...more];
  });
  session = await install.session();
});
afterEach(() => install.close());

const TABLES = {
  child: 'discovery_flows',
  master: 'crewai_flow_state_extensions',
  import: 'data_imports',
  rawRecords: 'raw_import_records',
} as const;

/** Adds a row to a receipt, under a flow of it, as whoever may write the journal could. */
async function listing(id: string, record: keyof typeof TABLES, key: unknown, column: string, before: string | null) {
  const table = TABLES[record];
  const [row] = await install.query(`select ${column}::text as now from migration.${table} where id = $1`, [key]);
  const change = {
    record,
    table: { schema: 'migration', name: table },
    key,
    flowId: mine.flowId,
    columns: [{ column, before, after: row?.now ?? null }],
  };
  await install.query(`update flowmend.journal set changes = (changes::jsonb || $1::jsonb)::text where id = $2`, [
    JSON.stringify([change]),
    id,
  ]);
  return receiptById(session, id);
}

async function repaired() {
  const outcome = await apply(session, await planOf(session, mine.flowId), agreed);
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
  return outcome.receipt;
}

const mineLink = () => mine.master?.id ?? null;

test.each<[keyof typeof TABLES, () => unknown, string, () => unknown]>([
  ['child', () => other.child?.id, 'status', () => 'paused'],
  ['master', () => other.master?.id, 'flow_status', () => 'paused'],
  ['import', () => other.imports[0]?.id, 'total_records', () => '77'],
  ['import', () => other.imports[0]?.id, 'master_flow_id', mineLink],
  ['import', () => other.imports[0]?.id, 'master_flow_id', () => null],
  ['rawRecords', () => other.rawRecords[0]?.id, 'master_flow_id', mineLink],
])('a row of another flow, %s: neither previewed nor taken back', async (record, key, column, value) => {
  const receipt = await listing((await repaired()).id, record, key(), column, value() as string | null);
  const before = await install.everyRow();
  const refused = {
    code: 'receipt-refused',
    message: expect.stringContaining(`${TABLES[record]} ${key()} is no record of flow ${mine.flowId}`),
  };
  const { plan } = await draftUndo(session, receipt);
  if (!plan) throw new Error('no plan');
  await expect(preview(session, plan)).rejects.toMatchObject(refused);
  await expect(apply(session, plan, agreed)).rejects.toMatchObject(refused);
  const ended = await flowmend(['undo', receipt.id, '--yes'], { FLOWMEND_DATABASE_URL: install.url });
  expect(ended).toMatchObject({ code: 5, stderr: expect.stringContaining('is no record of flow') });
  expect(await install.everyRow()).toEqual(before);
});

test('of several flows and of a run the one that it stands under is left out, and told', async () => {
  const ids = [mine, ...more].map(({ flowId }) => flowId);
  const plan = await planMany(session, ids);
  const { receipts } = await applyMany(session, plan, agreed);
  const receipt = await listing(receipts[0] ?? '', 'import', other.imports[0]?.id, 'total_records', '77');
  const why = expect.stringContaining('is no record of flow');
  const left = { failed: [{ flowId: mine.flowId, kind: 'not verified', why }] };
  const draft = await draftUndo(session, receipt);
  expect(draft).toMatchObject(left);
  expect(draft.plan?.flows).toEqual(ids.slice(1));
  expect(await draftRunUndo(session, plan.hash)).toMatchObject({ ...left, flows: 2 });
  const whole = planUndo(session, receipt);
  expect(await applyMany(session, whole, { ...agreed, stopAtShare: 1 })).toMatchObject({ applied: 2, ...left });
  const [kept] = await install.query('select total_records from migration.data_imports where id = $1', [
    other.importId,
  ]);
  expect(kept?.total_records).toBe(other.imports[0]?.total_records);
});

test('a flow that there is not, and a row of nobody', async () => {
  const { id } = await repaired();
  const gone = randomUUID();
  await install.query(
    `update flowmend.journal set flows = array[$1::uuid], changes = replace(changes, $2, $1::text) where id = $3`,
    [gone, mine.flowId, id],
  );
  await expect(preview(session, planUndo(session, await receiptById(session, id)))).rejects.toMatchObject({
    code: 'receipt-refused',
  });
});

test('what changed since is said to have changed, also where the row is of another flow by now', async () => {
  const receipt = await repaired();
  await install.query('update migration.data_imports set master_flow_id = $1 where id = $2', [
    other.master?.id,
    mine.importId,
  ]);
  expect(await preview(session, planUndo(session, receipt))).toMatchObject({
    kind: 'stale',
    drift: [{ table: 'data_imports', column: 'master_flow_id' }],
  });
});

test('an undo is taken back as well, and that again', async () => {
  const states = [await install.everyRow()];
  let receipt = await repaired();
  for (let turn = 0; turn < 3; turn++) {
    states.push(await install.everyRow());
    const outcome = await apply(session, planUndo(session, receipt), agreed);
    if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
    receipt = outcome.receipt;
    expect(await install.everyRow()).toEqual(states.at(-2));
  }
});
