import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Failure } from '../../shared/failure.ts';
import { type ApplyOutcome, apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planUndo, undoOf } from '../../shared/repair/check/plan-undo.ts';
import { type Plan, seal } from '../../shared/repair/document/plan.ts';
import type { RowChange } from '../../shared/repair/document/row-change.ts';
import type { Receipt } from '../../shared/repair/journal/journal.ts';
import { receiptById } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { previewMany } from '../../shared/repair/preview/preview-many.ts';
import { draftUndo } from '../../shared/repair/undo/draft-undo.ts';
import { wayBackOfMany } from '../../shared/report/text/way-back-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { repairRole } from '../support/roles.ts';

const agreed = { createJournal: true };

let install: Install;
let session: WriteSession;
let ids: string[];
let flowId: string;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: 3 }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  flowId = ids[0] ?? '';
  session = await install.session();
});
afterEach(() => install.close());

async function mended(): Promise<Receipt> {
  return receiptOf(await apply(session, await planOf(session, flowId), agreed));
}

function receiptOf(outcome: ApplyOutcome): Receipt {
  if (outcome.kind !== 'applied' && outcome.kind !== 'restored in part') throw new Error(JSON.stringify(outcome));
  return outcome.receipt;
}

/** A trigger of the install that fires on every write to a child. */
const trigger = (body: string, when = 'before') =>
  install.query(`
    create function migration.of_install() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
    create trigger of_install ${when} update on migration.discovery_flows
      for each row execute function migration.of_install()`);

/** The rows without some columns of the child. */
const rowsBut = async (...columns: string[]) => {
  const without = columns.map((column) => `- '${column}'`).join(' ');
  return install.query(`
    select to_jsonb(c) ${without} as child, to_jsonb(m) as master from migration.discovery_flows c
    join migration.crewai_flow_state_extensions m using (flow_id) order by c.id`);
};

test('a column that a trigger sets on every write is told before and after, and the rest is restored', async () => {
  const before = await rowsBut('user_id');
  await trigger('new.user_id := current_user;');
  const receipt = await mended();
  expect(receipt.changes.flatMap(({ columns }) => columns)).toContainEqual(
    expect.objectContaining({ column: 'user_id', after: 'postgres' }),
  );
  const tried = await preview(session, planUndo(session, receipt));
  const left = [
    { flowId, column: 'user_id', now: 'postgres', table: { schema: 'migration', name: 'discovery_flows' } },
  ];
  expect(tried).toMatchObject({ kind: 'ran', notRestored: left });

  const undone = await flowmend(['undo', receipt.id, '--yes', '--json'], { FLOWMEND_DATABASE_URL: install.url });
  expect(JSON.parse(undone.stdout)).toMatchObject({ outcome: { kind: 'restored in part', notRestored: left } });
  expect(undone.code).toBe(7);
  expect(await rowsBut('user_id')).toEqual(before);
  // It counts as taken back.
  const { id } = JSON.parse(undone.stdout).outcome.receipt;
  expect(await receiptById(session, receipt.id)).toMatchObject({ undoneBy: id });
  // What the undo left as it was is no part of its receipt: its own undo restores all that it changed.
  const redo = planUndo(session, await receiptById(session, id));
  expect((await apply(session, redo, agreed)).kind).toBe('applied');
});

test('a column that a trigger changes since, and the receipt does not name, is no full restoration either', async () => {
  const receipt = await mended();
  await trigger(`new.memory_isolation_level := 'loose';`);
  const outcome = await apply(session, planUndo(session, receipt), agreed);
  expect(outcome).toMatchObject({
    kind: 'restored in part',
    notRestored: [{ column: 'memory_isolation_level', before: 'strict', now: 'loose' }],
  });
});

test('a column that repairs write has to be as it was: else nothing is taken back', async () => {
  const receipt = await mended();
  await trigger(`new.status := 'paused';`);
  const before = await install.everyRow();
  const problems = [expect.stringContaining('discovery_flows.status')];
  expect(await apply(session, planUndo(session, receipt), agreed)).toMatchObject({ kind: 'not verified', problems });
  expect(await install.everyRow()).toEqual(before);
});

test('what a trigger writes after the update is seen too', async () => {
  const receipt = await mended();
  await trigger(
    `if pg_trigger_depth() = 1 then update migration.discovery_flows set status = 'paused' where id = new.id; end if;`,
    'after',
  );
  const problems = [expect.stringContaining('discovery_flows.status')];
  expect(await apply(session, planUndo(session, receipt), agreed)).toMatchObject({ kind: 'not verified', problems });
});

test('a column that a trigger writes after the update, and the receipt does not name, is no full restoration', async () => {
  const stamp = `if pg_trigger_depth() = 1 then
    update migration.discovery_flows set learning_scope = md5(clock_timestamp()::text) where id = new.id;
  end if;`;
  await trigger(stamp, 'after');
  const receipt = await mended();
  expect(await apply(session, planUndo(session, receipt), agreed)).toMatchObject({
    kind: 'restored in part',
    notRestored: [{ column: 'learning_scope' }],
  });
});

const TOUCH = 'new.updated_at := clock_timestamp();';

test('the preview of a repair tries its undo: all of it, all but a column, or not at all', async () => {
  expect(await preview(session, await planOf(session, flowId))).toMatchObject({ wayBack: { kind: 'whole' } });
  await trigger(TOUCH);
  expect(await preview(session, await planOf(session, flowId))).toMatchObject({
    wayBack: { kind: 'in part', notRestored: [{ column: 'updated_at' }] },
  });
  const all = await planMany(session, ids);
  const columns = [{ table: { schema: 'migration', name: 'discovery_flows' }, column: 'updated_at', rows: 3 }];
  expect(await previewMany(session, all)).toMatchObject({ ran: 3, notRestored: columns });
  await install.query(`alter table migration.crewai_flow_state_extensions
    add constraint newer check (flow_status <> 'initialized') not valid`);
  const fresh = await install.session();
  const refused = expect.stringMatching(/violates check constraint "newer"; it demands/);
  const plan = await planOf(fresh, flowId);
  expect(await preview(fresh, plan)).toMatchObject({ wayBack: { kind: 'none', why: refused } });
  const { noWayBack = [] } = await previewMany(fresh, all);
  expect(noWayBack).toEqual([{ flows: 3, why: refused }]);
  expect(wayBackOfMany({ noWayBack }).join()).toMatch(/^the undo of 3 flows was tried together and fails; for which/);
});

test('the command line says it in the preview and in the answer of apply, and promises no undo', async () => {
  const environment = { FLOWMEND_DATABASE_URL: install.url };
  await install.query(`alter table migration.crewai_flow_state_extensions
    add constraint newer check (flow_status <> 'initialized') not valid`);
  const shown = await flowmend(['preview', flowId], environment);
  expect(shown.stdout).toMatch(/this cannot be undone: .*violates check constraint "newer"/);
  const document = await flowmend(['preview', flowId, '--json'], environment);
  expect(JSON.parse(document.stdout)).toMatchObject({ run: { kind: 'ran', wayBack: { kind: 'none' } } });
  const markdown = await flowmend(['preview', flowId, '--format', 'markdown'], environment);
  expect(markdown.stdout).toContain('this cannot be undone');
  const applied = await flowmend(['apply', flowId, '--yes'], environment);
  expect(applied.stdout).toContain('applied and verified');
  expect(applied.stdout).toContain('this cannot be undone');
  expect(applied.stdout).not.toContain('To take it back');
  const other = await flowmend(['apply', ids[1] ?? '', '--yes', '--json'], environment);
  expect(JSON.parse(other.stdout)).toMatchObject({ outcome: { kind: 'applied' }, wayBack: { kind: 'none' } });
  await install.query('alter table migration.crewai_flow_state_extensions drop constraint newer');
  await trigger(TOUCH);
  const part = await flowmend(['apply', ids[2] ?? '', '--yes'], environment);
  expect(part.stdout).toContain('undo will restore all but discovery_flows.updated_at, which a trigger sets');
});

test('what a trigger of a view drops is said to be written nowhere, and the rest can be taken back', async () => {
  await install.query(`
    create schema shown;
    create view shown.discovery_flows as select * from migration.discovery_flows;
    create function migration.instead() returns trigger language plpgsql as $$ begin
      update migration.discovery_flows set status = new.status, data_import_id = new.data_import_id,
        progress_percentage = new.progress_percentage, field_mappings = new.field_mappings where id = old.id;
      return new;
    end $$;
    create trigger instead instead of update on shown.discovery_flows
      for each row execute function migration.instead()`);
  for (const table of ['crewai_flow_state_extensions', 'data_imports', 'raw_import_records', 'import_field_mappings']) {
    await install.query(`create view shown.${table} as select * from migration.${table}`);
  }
  const views = await install.session({ FLOWMEND_SCHEMA: 'shown' });
  const before = await install.everyRow();
  const plan = await planOf(views, flowId);
  expect(plan.steps.flatMap(({ writes }) => writes.map(({ column }) => column))).toContain('updated_at');
  const ofChild = (changes: readonly RowChange[]) => changes.filter(({ record }) => record === 'child');
  const tried = await preview(views, plan);
  if (tried.kind !== 'ran') throw new Error(JSON.stringify(tried));
  expect(tried.wayBack).toEqual({ kind: 'whole' });
  expect(ofChild(tried.changes).flatMap(({ columns }) => columns.map(({ column }) => column))).not.toContain(
    'updated_at',
  );
  const receipt = receiptOf(await apply(views, plan, agreed));
  expect(ofChild(receipt.changes)).toEqual(ofChild(tried.changes));
  expect((await apply(views, planUndo(views, receipt), agreed)).kind).toBe('applied');
  expect(await install.everyRow()).toEqual(before);
});

test('a receipt of another schema or database is refused, and of another server it asks for a word', async () => {
  const receipt = await mended();
  await install.query(`
    create schema backup;
    create table backup.discovery_flows as table migration.discovery_flows;
    create table backup.crewai_flow_state_extensions as table migration.crewai_flow_state_extensions;
    create table backup.data_imports as table migration.data_imports;
    create table backup.raw_import_records as table migration.raw_import_records;
    create table backup.import_field_mappings as table migration.import_field_mappings`);
  const before = await install.query('select c::text from backup.discovery_flows c order by 1');
  const refused = await flowmend(['undo', receipt.id, '--yes'], {
    FLOWMEND_DATABASE_URL: install.url,
    FLOWMEND_SCHEMA: 'backup',
  });
  expect(refused.stderr).toContain('wrote migration.');
  expect(refused.code).toBe(5);
  expect(await install.query('select c::text from backup.discovery_flows c order by 1')).toEqual(before);
  // A plan that was made before, or by hand, is refused as well.
  const backup = await install.session({ FLOWMEND_SCHEMA: 'backup' });
  const plan = planUndo(session, receipt);
  await expect(apply(backup, plan, agreed)).rejects.toMatchObject({
    code: 'receipt-refused',
  } satisfies Partial<Failure>);
  const elsewhere = { ...receipt, server: { system: session.catalog.server.system, database: 'another' } };
  expect(() => planUndo(session, elsewhere)).toThrow('was made in the database another');
});

test('of another server a word is asked for, by an option where nobody can be asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  try {
    const path = join(folder, 'journal.jsonl');
    const environment = {
      FLOWMEND_DATABASE_URL: await repairRole(install, `mender_${ids[0]?.slice(0, 8)}`),
      FLOWMEND_JOURNAL_FILE: path,
    };
    const filing = await install.session(environment);
    const receipt = receiptOf(await apply(filing, await planOf(filing, flowId), agreed));
    // What a restored copy of the journal's server would hold.
    const server = { system: '7000000000000000001', database: filing.catalog.databaseName };
    const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
    const moved = lines.map((line) => {
      const entry = JSON.parse(line);
      return JSON.stringify(entry.receipt ? { ...entry, receipt: { ...entry.receipt, server } } : entry);
    });
    await writeFile(path, `${moved.join('\n')}\n`);
    const kept = await receiptById(filing, receipt.id);
    const plan = planUndo(filing, kept);
    expect(await apply(filing, plan, agreed)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('was made on another server, 7000000000000000001'),
    });
    const asked = await flowmend(['undo', receipt.id, '--yes'], environment);
    expect(asked.stderr).toContain('--other-server');
    expect(asked.code).toBe(2);
    const meant = await flowmend(['undo', receipt.id, '--yes', '--other-server'], environment);
    expect(meant.stdout).toContain('applied and verified');
    expect(meant.code).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an undo of an undo of an undo: the plan counts as taken back, and each receipt names what can be undone now', async () => {
  const plan = await planMany(session, ids);
  const { receipts } = await applyMany(session, plan, agreed);
  const first = await receiptById(session, receipts[0] ?? '');
  const undo = async (receipt: Receipt) =>
    receiptOf(await apply(session, planUndo(session, await receiptById(session, receipt.id)), agreed));
  const once = await undo(first);
  const redone = await undo(once);
  const refusal = draftUndo(session, await receiptById(session, first.id));
  await expect(refusal).rejects.toMatchObject({ next: expect.stringContaining(`flowmend undo ${redone.id}`) });
  await expect(refusal).rejects.toMatchObject({ next: expect.stringContaining('as it left them again') });
  const thrice = await undo(redone);
  const again = await applyMany(session, plan, agreed);
  expect(again).toMatchObject({ applied: 0, before: 0 });
  expect(again.failed.map(({ kind, why }) => `${kind} ${why.includes(thrice.id)}`)).toEqual(
    ids.map(() => 'taken back true'),
  );
  await expect(draftUndo(session, await receiptById(session, first.id))).rejects.toMatchObject({
    next: `To redo it: flowmend undo ${thrice.id}`,
  });
});

test('an undo of flows of which one was taken back meanwhile is not written, though the rows look as it needs them', async () => {
  const [one = '', other = '', third = ''] = ids;
  const { receipts } = await applyMany(session, await planMany(session, ids), agreed);
  const receipt = await receiptById(session, receipts[0] ?? '');
  const early: Plan = seal(undoOf(session, receipt, [one, other]));
  const overlapping = seal(undoOf(session, receipt, [other, third]));
  // Two at once: one of them takes the shared flow.
  const kinds = (await Promise.all([early, overlapping].map((plan) => apply(session, plan, agreed)))).map(
    ({ kind }) => kind,
  );
  expect(kinds.sort()).toEqual(['applied', 'stale']);
  // Mended again as it was: every guard of the early plan holds, and the receipt is used for that flow.
  const taken = await receiptById(session, receipt.id);
  const [undo] = await install.query('select id, flows from flowmend.journal where undoes = $1', [receipt.id]);
  expect(taken.undoneBy).toBeNull();
  expect((await apply(session, planUndo(session, await receiptById(session, String(undo?.id))), agreed)).kind).toBe(
    'applied',
  );
  const before = await install.everyRow();
  for (const plan of [early, overlapping]) {
    expect((await apply(session, plan, agreed)).kind).not.toBe('applied');
  }
  expect(await install.everyRow()).toEqual(before);
});
