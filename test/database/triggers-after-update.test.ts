import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import type { RowChange } from '../../shared/repair/document/row-change.ts';
import type { Receipt } from '../../shared/repair/journal/journal.ts';
import { receiptById } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { previewMany } from '../../shared/repair/preview/preview-many.ts';
import { draftRunUndo, undoRun } from '../../shared/repair/undo/undo-run.ts';
import { broken, planOf, rowsOf } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { repairRole } from '../support/roles.ts';

/** What triggers of the install do after an update is part of what was done: shown, kept in the receipt, taken back. */
const agreed = { createJournal: true };
const FLOWS = 4;

let install: Install;
let ids: string[];
let flowId: string;

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: FLOWS }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  flowId = ids[0] ?? '';
  await install.query('alter table migration.discovery_flows add version int not null default 1, add audit jsonb');
});
afterEach(() => install.close());

const AFTER = 'after update on migration.discovery_flows for each row when (pg_trigger_depth() = 0)';
const acting = (body: string, trigger = `create trigger of_install ${AFTER}`) =>
  install.query(`
    create function migration.of_install() returns trigger language plpgsql as $$ begin ${body} return null; end $$;
    ${trigger} execute function migration.of_install()`);

/** Sets both on every write, so that no undo can. */
const COUNT = `update migration.discovery_flows set version = version + 1, updated_at = clock_timestamp() where id = new.id;`;
/** Sets back what it set where the status goes back. */
const NOTE = `update migration.discovery_flows
  set learning_scope = 'seen ' || new.status, audit = case new.status when 'running' then null else '{"by": "it"}'::jsonb end
  where id = new.id and new.status <> 'running';`;

/** What the changes say of each row, put over the rows before, is the rows after. */
async function expectTruth(plan: Plan, before: Awaited<ReturnType<typeof rowsOf>>, changes: readonly RowChange[]) {
  for (const [place, row] of await rowsOf(install, plan)) {
    const own = changes.find(({ table, key }) => `${table.name}/${key}` === place)?.columns ?? [];
    const differing = Object.keys(row).filter((name) => row[name] !== before.get(place)?.[name]);
    expect(own.map(({ column }) => column).sort()).toEqual(differing.sort());
    const [stored] = await install.query(
      `select array[${own.map(({ column }) => `"${column}"::text`).join()}]::text[] as after
       from migration.${place.split('/')[0]} where id = $1`,
      [place.split('/')[1]],
    );
    expect(own.map(({ after }) => after)).toEqual(stored?.after);
  }
}

const rowsBut = async (...columns: string[]) =>
  install.query(
    `select to_jsonb(c) - $1::text[] as child, to_jsonb(m) as master, to_jsonb(i) as import
     from migration.discovery_flows c join migration.crewai_flow_state_extensions m using (flow_id)
     join migration.data_imports i on i.id = c.data_import_id order by c.id`,
    [columns],
  );
const columnsOf = (changes: readonly RowChange[]) =>
  changes.flatMap(({ columns }) => columns.map(({ column }) => column));

test.each([
  ['a trigger after each row', undefined],
  [
    'a trigger after the statement',
    `create trigger of_install after update on migration.discovery_flows
    referencing new table as fresh for each statement when (pg_trigger_depth() = 0)`,
  ],
  [
    'a constraint trigger that is put off until the commit',
    `create constraint trigger of_install after update
    on migration.discovery_flows deferrable initially deferred for each row when (pg_trigger_depth() = 0)`,
  ],
  [
    'one that a trigger before the update puts off until the commit',
    `create function migration.off() returns trigger language plpgsql as
      $$ begin set constraints all deferred; return new; end $$;
    create trigger off before update on migration.discovery_flows for each row execute function migration.off();
    create constraint trigger of_install after update
    on migration.discovery_flows deferrable initially deferred for each row when (pg_trigger_depth() = 0)`,
  ],
])('%s: preview, receipt and undo say what stands there, and the rest is restored', async (_what, trigger) => {
  const body = trigger?.includes('statement') ? COUNT.replace('= new.id', 'in (select id from fresh)') : COUNT;
  await acting(trigger?.includes('constraint') ? `if pg_trigger_depth() = 1 then ${body} end if;` : body, trigger);
  const session = await install.session();
  const before = await rowsBut('version', 'updated_at');
  const plan = await planOf(session, flowId);
  const rows = await rowsOf(install, plan);
  const left = [
    { flowId, column: 'updated_at' },
    { flowId, column: 'version', before: '1', now: '2' },
  ];
  const tried = await preview(session, plan);
  expect(tried).toMatchObject({ kind: 'ran', wayBack: { kind: 'in part', notRestored: left } });
  expect(tried.kind === 'ran' && columnsOf(tried.changes)).toContain('version');

  const applied = await apply(session, plan, agreed);
  if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
  await expectTruth(plan, rows, applied.receipt.changes);
  expect(await receiptById(session, applied.receipt.id)).toEqual(applied.receipt);

  const way = await preview(session, planUndo(session, applied.receipt));
  expect(way).toMatchObject({ kind: 'ran', notRestored: left });
  const undone = await flowmend(['undo', applied.receipt.id, '--yes', '--json'], {
    FLOWMEND_DATABASE_URL: install.url,
  });
  expect(JSON.parse(undone.stdout)).toMatchObject({ outcome: { kind: 'restored in part', notRestored: left } });
  expect(undone.code).toBe(7);
  expect(await rowsBut('version', 'updated_at')).toEqual(before);
  // The receipt of the undo is true as well: it can be taken back.
  const redo = planUndo(session, await receiptById(session, JSON.parse(undone.stdout).outcome.receipt.id));
  expect((await apply(session, redo, agreed)).kind).toBe('restored in part');
});

test('what can be brought back is: an undo is applied, and every row is as it was', async () => {
  await acting(NOTE);
  const session = await install.session();
  const before = await install.everyRow();
  const plan = await planOf(session, flowId);
  expect(await preview(session, plan)).toMatchObject({ wayBack: { kind: 'whole' } });
  const rows = await rowsOf(install, plan);
  const applied = await apply(session, plan, agreed);
  if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
  await expectTruth(plan, rows, applied.receipt.changes);
  expect(columnsOf(applied.receipt.changes)).toEqual(expect.arrayContaining(['learning_scope', 'audit']));
  expect((await apply(session, planUndo(session, applied.receipt), agreed)).kind).toBe('applied');
  expect(await install.everyRow()).toEqual(before);
});

test('a trigger of the master that writes to the child, of which the plan writes a row too', async () => {
  await acting(
    `update migration.discovery_flows set version = version + 1 where flow_id = new.flow_id;`,
    `create trigger of_install after update on migration.crewai_flow_state_extensions for each row`,
  );
  const session = await install.session();
  const plan = await planOf(session, flowId);
  const rows = await rowsOf(install, plan);
  const applied = await apply(session, plan, agreed);
  if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
  await expectTruth(plan, rows, applied.receipt.changes);
  expect(await apply(session, planUndo(session, applied.receipt), agreed)).toMatchObject({
    kind: 'restored in part',
    notRestored: [{ column: 'version', before: '1', now: '2' }],
  });
});

test('many flows, and the undo of their run', async () => {
  await acting(COUNT);
  const session = await install.session();
  const before = await rowsBut('version', 'updated_at');
  const plan = await planMany(session, ids, { batchSize: 3 });
  const rows = await rowsOf(install, plan);
  const table = { schema: 'migration', name: 'discovery_flows' };
  const columns = ['updated_at', 'version'].map((column) => ({ table, column, rows: FLOWS }));
  expect(await previewMany(session, plan)).toMatchObject({ ran: FLOWS, failed: [], notRestored: columns });
  const { receipts } = await applyMany(session, plan, agreed);
  const kept: Receipt[] = [];
  for (const id of receipts) kept.push(await receiptById(session, id));
  await expectTruth(
    plan,
    rows,
    kept.flatMap(({ changes }) => changes),
  );
  const draft = await draftRunUndo(session, plan.hash);
  expect(draft).toMatchObject({ flows: FLOWS, changed: [], failed: [], notRestored: columns });
  expect(await undoRun(session, draft, agreed)).toMatchObject({ kind: 'done', applied: FLOWS, notRestored: columns });
  expect(await rowsBut('version', 'updated_at')).toEqual(before);
});

test('a flow of a batch that is stale is no part of the receipt', async () => {
  await acting(NOTE);
  const session = await install.session();
  const plan = await planMany(session, ids);
  await install.query('update migration.discovery_flows set progress_percentage = 7 where flow_id = $1', [ids[1]]);
  const outcome = await applyMany(session, plan, { ...agreed, stopAtShare: 1 });
  expect(outcome).toMatchObject({ applied: FLOWS - 1, failed: [{ flowId: ids[1], kind: 'stale' }] });
  const { flows, changes } = await receiptById(session, outcome.receipts[0] ?? '');
  expect(flows).toEqual(ids.filter((id) => id !== ids[1]));
  expect(changes.map((change) => change.flowId)).not.toContain(ids[1]);
});

test('a journal in a file holds the same', async () => {
  await acting(COUNT);
  const folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
  try {
    const session = await install.session({
      FLOWMEND_DATABASE_URL: await repairRole(install, `mender_${flowId.slice(0, 8)}`),
      FLOWMEND_JOURNAL_FILE: join(folder, 'journal.jsonl'),
    });
    await install.query('grant update (version) on migration.discovery_flows to public');
    const plan = await planMany(session, ids);
    const rows = await rowsOf(install, plan);
    const { receipts } = await applyMany(session, plan, agreed);
    const receipt = await receiptById(session, receipts[0] ?? '');
    await expectTruth(plan, rows, receipt.changes);
    const undo = await applyMany(session, planUndo(session, receipt), agreed);
    expect(undo).toMatchObject({ kind: 'done', applied: FLOWS, notRestored: [{}, { column: 'version', rows: FLOWS }] });
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('the catalog says which tables need a second look', () => {
  const acts = async (environment = {}) => (await install.session(environment)).catalog.child.acts_after_update;
  const function_ = `create function migration.of_install() returns trigger language plpgsql as $$ begin return new; end $$;`;
  const on = (when: string, table = 'migration.discovery_flows') =>
    `create trigger of_install ${when} on ${table} for each row execute function migration.of_install();`;

  test.each([
    ['no trigger', '', false],
    ['before an update', on('before update'), false],
    ['after an insert', on('after insert'), false],
    ['after an update', on('after update'), true],
    ['after an update of a column', on('after insert or update of status'), true],
    [
      'one that is switched off',
      `${on('after update')} alter table migration.discovery_flows disable trigger of_install`,
      false,
    ],
    [
      'of a child of the table',
      `create table migration.part () inherits (migration.discovery_flows);
      ${on('after update', 'migration.part')}`,
      true,
    ],
  ])('%s', async (_what, statement, expected) => {
    await install.query(function_ + statement);
    expect(await acts()).toBe(expected);
  });

  test.each([
    ['of a plain view', '', false],
    ['of the table of a view', on('after update'), true],
    ['in the place of the update of a view', on('instead of update', 'shown.discovery_flows'), true],
  ])('%s', async (_what, statement, expected) => {
    const tables = ['crewai_flow_state_extensions', 'data_imports', 'raw_import_records', 'import_field_mappings'];
    await install.query(
      `create schema shown; ${['discovery_flows', ...tables]
        .map((table) => `create view shown.${table} as select * from migration.${table};`)
        .join('')} ${function_} ${statement}`,
    );
    expect(await acts({ FLOWMEND_SCHEMA: 'shown' })).toBe(expected);
  });

  test.each([
    ['after an update of a part', 'after update', true],
    ['after an insert into a part, into which a row may go', 'after insert', true],
    ['before an update of a part', 'before update', false],
  ])('%s', async (_what, when, expected) => {
    await install.query(`${function_}
      create table migration.parted (like migration.discovery_flows including defaults) partition by list (status);
      create table migration.part partition of migration.parted default;
      alter table migration.discovery_flows rename to discovery_flows_before;
      alter table migration.parted rename to discovery_flows;
      ${on(when, 'migration.part')}`);
    expect(await acts()).toBe(expected);
  });
});
