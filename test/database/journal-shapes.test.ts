import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { journalPlace, receiptById, receipts } from '../../shared/repair/journal/journal-place.ts';
import { makeJournal } from '../../shared/repair/journal/make-journal.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { draftUndo } from '../../shared/repair/undo/draft-undo.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { documentedGrants, repairRole } from '../support/roles.ts';

/** The journal as the first version made it, and as the two that followed did. */
const SHAPES = {
  'no batch, jsonb': { key: 'unique', batch: '', changes: 'jsonb', unique: '' },
  'batches, jsonb': {
    key: '',
    batch: 'batch integer not null default 0,',
    changes: 'jsonb',
    unique: ', unique (plan_hash, batch)',
  },
  'batches, json': {
    key: '',
    batch: 'batch integer not null default 0,',
    changes: 'json',
    unique: ', unique (plan_hash, batch)',
  },
} as const;

const agreed = { createJournal: true };
const not = { createJournal: false };

let install: Install;
let session: WriteSession;
let ids: string[];

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: 5 }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  session = await install.session();
});
afterEach(() => install.close());

describe.each(Object.entries(SHAPES))(
  'a journal of an older Flowmend: %s',
  (_name, { key, batch, changes, unique }) => {
    /** Applies one plan today and puts its receipt into a table as it was then. */
    async function oldReceipt(): Promise<{ id: string; plan: Plan; before: unknown }> {
      const before = await install.everyRow();
      const plan = await planOf(session, ids[0] ?? '');
      const applied = await apply(session, plan, { ...agreed, reason: 'INC-1' });
      if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
      await install.query(`
      alter table flowmend.journal rename to kept;
      alter table flowmend.kept drop constraint journal_plan_hash_batch_key, drop constraint journal_undoes_key;
      create table flowmend.journal (
        id uuid primary key default gen_random_uuid(), plan_hash text not null ${key}, ${batch} kind text not null,
        applied_at timestamptz not null default now(), flows uuid[] not null, reason text,
        db_role text not null default current_user, os_user text not null, host text not null,
        changes ${changes} not null, undoes uuid unique references flowmend.journal (id) ${unique}
      );
      insert into flowmend.journal (id, plan_hash, kind, applied_at, flows, reason, db_role, os_user, host, changes, undoes)
        select id, plan_hash, kind, applied_at, flows, reason, db_role, os_user, host, changes::${changes}, undoes
        from flowmend.kept;
      drop table flowmend.kept cascade`);
      return { id: applied.receipt.id, plan, before };
    }

    /** Columns with their types, and keys, in no order. */
    const shape = () =>
      install.query(`
      select attname || ' ' || atttypid::regtype as part from pg_attribute
        where attrelid = 'flowmend.journal'::regclass and attnum > 0 and not attisdropped
      union all
      select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'flowmend.journal'::regclass and contype <> 'n'
      order by 1`);

    test('read as it is, brought up to date once that is agreed to, and added to; no receipt is lost or says another thing', async () => {
      const { id, plan, before } = await oldReceipt();
      const as = await shape();
      const receipt = await receiptById(session, id);
      expect(receipt).toMatchObject({ id, reason: 'INC-1', undoneBy: null });
      expect(await receipts(session, { limit: 9 })).toEqual([receipt]);
      expect(await apply(session, plan, not)).toEqual({ kind: 'already applied', receipt });
      const undo = planUndo(session, receipt);
      expect(await planState(session, undo)).toMatchObject({ kind: 'fresh' });
      expect((await preview(session, undo)).kind).toBe('ran');
      await expect(apply(session, undo, not)).rejects.toMatchObject({ code: 'journal-outdated' });
      const many = await planMany(session, ids.slice(2), { batchSize: 2 });
      await expect(applyMany(session, many, not)).rejects.toMatchObject({ code: 'journal-outdated' });
      expect(await shape()).toEqual(as);

      const undone = await apply(session, undo, agreed);
      if (undone.kind !== 'applied') throw new Error(JSON.stringify(undone));
      expect(await install.everyRow()).toEqual(before);
      expect(await receiptById(session, id)).toEqual({ ...receipt, undoneBy: undone.receipt.id });
      expect(await apply(session, undo, not)).toEqual({ kind: 'already applied', receipt: undone.receipt });
      expect(await applyMany(session, many, not)).toMatchObject({ kind: 'done', applied: 3, receipts: [{}, {}] });
      expect(await receipts(session, { limit: 9 })).toHaveLength(4);
    });

    test('brought up to date by several at once it is the journal that a first use makes', async () => {
      const { id } = await oldReceipt();
      const receipt = await receiptById(session, id);
      await Promise.all(Array.from({ length: 3 }, () => makeJournal(session.writer)));
      const updated = await shape();
      expect(await receiptById(session, id)).toEqual(receipt);
      await install.query('drop schema flowmend cascade');
      await makeJournal(session.writer);
      expect(updated).toEqual(await shape());
    });

    test('who does not own it is told whom to ask, changes nothing, and goes on once the owner ran the documented SQL', async () => {
      const { id } = await oldReceipt();
      const role = `role_${randomUUID().slice(0, 8)}`;
      const url = await repairRole(install, role);
      await install.query(
        `grant usage on schema flowmend to ${role}; grant select, insert on flowmend.journal to ${role}`,
      );
      const mender = await install.session({ FLOWMEND_DATABASE_URL: url });
      const before = await install.everyRow();
      const receipt = await receiptById(mender, id);
      const undo = planUndo(mender, receipt);
      await expect(apply(mender, undo, agreed)).rejects.toMatchObject({
        code: 'journal-outdated',
        next: expect.stringContaining('docs/rights.md'),
      });
      expect(await install.everyRow()).toEqual(before);
      await install.query(await documentedGrants('An older journal', role, 'migration'));
      const updated = await shape();
      expect(await receiptById(mender, id)).toEqual(receipt);
      expect((await apply(mender, undo, not)).kind).toBe('applied');
      await install.query('drop schema flowmend cascade');
      await makeJournal(session.writer);
      expect(updated).toEqual(await shape());
    });
  },
);

describe('a journal in which a receipt is taken back as a whole only', () => {
  const asItWas = () =>
    install.query(`
      alter table flowmend.journal drop constraint journal_undoes_key;
      alter table flowmend.journal add constraint journal_undoes_key unique (undoes)`);
  const partOf = async (receipt: string, flowId: string) => {
    const { plan } = await draftUndo(session, await receiptById(session, receipt), [flowId]);
    if (!plan) throw new Error('nothing to take back');
    return plan;
  };

  test('is mended with as it is, and brought up to date before the undo of a part, when that is agreed to', async () => {
    await makeJournal(session.writer);
    await asItWas();
    expect((await apply(session, await planOf(session, ids[0] ?? ''), not)).kind).toBe('applied');
    const many = await applyMany(session, await planMany(session, ids.slice(1)), not);
    const [receipt = ''] = many.receipts;
    const one = await partOf(receipt, ids[1] ?? '');
    expect(await journalPlace(session, one)).toMatchObject({ state: 'outdated' });
    await expect(apply(session, one, not)).rejects.toMatchObject({ code: 'journal-outdated' });
    expect((await apply(session, one, agreed)).kind).toBe('applied');
    expect((await apply(session, await partOf(receipt, ids[2] ?? ''), not)).kind).toBe('applied');
    expect(await receipts(session, { limit: 9 })).toHaveLength(4);
  });

  test('of somebody else: a whole receipt is taken back all the same', async () => {
    await makeJournal(session.writer);
    await asItWas();
    const before = await install.everyRow();
    const role = `role_${randomUUID().slice(0, 8)}`;
    const url = await repairRole(install, role);
    await install.query(
      `grant usage on schema flowmend to ${role}; grant select, insert on flowmend.journal to ${role}`,
    );
    const mender = await install.session({ FLOWMEND_DATABASE_URL: url });
    const applied = await apply(mender, await planOf(mender, ids[0] ?? ''), not);
    if (applied.kind !== 'applied') throw new Error(applied.kind);
    expect((await apply(mender, planUndo(mender, applied.receipt), not)).kind).toBe('applied');
    expect(await install.everyRow()).toEqual(before);
  });
});
