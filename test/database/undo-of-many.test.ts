import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import type { Receipt } from '../../shared/repair/journal/journal.ts';
import { receiptById, receipts, receiptToUndo } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { draftUndo, flowsOfReceipt } from '../../shared/repair/undo/draft-undo.ts';
import { undoText } from '../../shared/report/text/undo-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { broken } from '../soak/broken-flows.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { repairRole } from '../support/roles.ts';

const FLOWS = 8;
const agreed = { createJournal: true };

/** A batch is taken back flow by flow: what changed since keeps the others from nothing. */
describe.each(['table', 'file'] as const)('a receipt of many flows, journal in a %s', (place) => {
  let install: Install;
  let session: WriteSession;
  let folder: string;
  let environment: Record<string, string>;
  let ids: string[];
  let plan: Plan;
  let receipt: Receipt;
  let before: Map<string, string>;

  /** Flow -> all its rows as text. */
  const rows = async () => {
    const found = await install.query(`
      select c.flow_id::text as flow, string_agg(concat(c::text, m::text, i::text, r::text), '' order by r.row_number) as text
      from migration.discovery_flows c join migration.crewai_flow_state_extensions m on m.flow_id = c.flow_id
      join migration.data_imports i on i.id = c.data_import_id
      join migration.raw_import_records r on r.data_import_id = i.id group by 1`);
    return new Map(found.map(({ flow, text }) => [String(flow), String(text)]));
  };
  const restored = async () => {
    const now = await rows();
    return ids.filter((id) => now.get(id) === before.get(id)).sort();
  };
  const undo = async (flows?: readonly string[]) => {
    const { plan: way, changed } = await draftUndo(session, await receiptById(session, receipt.id), flows);
    return { changed, flows: way?.flows, outcome: way && (await apply(session, way, agreed)) };
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowmend-'));
    install = await makeInstall('PostgreSQL', (variant) => {
      const flows = Array.from({ length: FLOWS }, () => broken(variant));
      ids = flows.map((one) => one.flowId);
      return flows;
    });
    before = await rows();
    const role = `mender_${randomUUID().slice(0, 8)}`;
    environment = {
      FLOWMEND_DATABASE_URL: place === 'table' ? install.url : await repairRole(install, role),
      FLOWMEND_JOURNAL_FILE: join(folder, 'journal.jsonl'),
    };
    session = await install.session(environment);
    plan = await planMany(session, ids);
    const { receipts: made } = await applyMany(session, plan, agreed);
    receipt = await receiptById(session, made[0] ?? '');
  });
  afterEach(async () => {
    await install.close();
    await rm(folder, { recursive: true });
  });
  const touch = (flowId: string) =>
    install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [flowId]);

  test('a flow that changed since is left out and told, the others are taken back; later it alone', async () => {
    const [touched = ''] = ids;
    await touch(touched);
    const draft = await draftUndo(session, receipt);
    const text = plain(undoText(receipt, draft));
    expect(text).toContain(`Takes back the repair of ${FLOWS - 1} of the ${FLOWS} flows of receipt ${receipt.id}`);
    for (const id of ids) expect(text).toContain(id);
    expect(text).toMatch(/1 flow left as found[\s\S]*discovery_flows\.status[\s\S]*paused/);

    const first = await undo();
    expect(first.outcome?.kind).toBe('applied');
    expect(first.changed).toMatchObject([{ flowId: touched, column: 'status', now: 'paused' }]);
    expect(await restored()).toEqual(ids.slice(1).sort());
    // The platform puts it back; the rest of the receipt is still there to be taken back.
    expect(await receiptById(session, receipt.id)).toMatchObject({ undoneBy: null });
    await install.query(`update migration.discovery_flows set status = 'waiting_for_approval' where flow_id = $1`, [
      touched,
    ]);
    const second = await undo();
    expect(second).toMatchObject({ flows: [touched], outcome: { kind: 'applied' } });
    expect(await restored()).toEqual([...ids].sort());
    const id = second.outcome?.kind === 'applied' ? second.outcome.receipt.id : '';
    expect(await receiptById(session, receipt.id)).toMatchObject({ undoneBy: id });
    await expect(undo()).rejects.toThrow('taken back already');
  });

  test('single flows, each once, also by several at once; the plan says what is left of it', async () => {
    const [one = '', other = '', third = ''] = ids;
    expect(flowsOfReceipt(receipt, [one.slice(0, 13), one])).toEqual([one]);
    expect(() => flowsOfReceipt(receipt, ['x'])).toThrow('is no flow of receipt');
    expect((await undo([one])).outcome?.kind).toBe('applied');
    await expect(undo([one])).rejects.toThrow('taken back already');
    await expect(undo([randomUUID()])).rejects.toThrow('is no flow of receipt');
    const drafts = await Promise.all(Array.from({ length: 3 }, () => draftUndo(session, receipt, [other, third])));
    const outcomes = await Promise.all(drafts.map(({ plan: way }) => apply(session, way as Plan, agreed)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['already applied', 'already applied', 'applied']);
    expect(await restored()).toEqual([one, other, third].sort());
    expect(await receiptToUndo(session, third)).toMatchObject({ kind: 'undo', flows: [other, third] });
    expect(await receiptToUndo(session, ids[5] ?? '')).toMatchObject({ id: receipt.id });
    const again = await applyMany(session, plan, agreed);
    expect(again).toMatchObject({ applied: 0, before: FLOWS - 3 });
    expect(again.failed.map(({ flowId, kind }) => `${kind} ${flowId}`).sort()).toEqual(
      [one, other, third].map((id) => `taken back ${id}`).sort(),
    );
  });

  test('a row that changes after the undo was planned makes it stale; every flow changed: nothing to take back', async () => {
    const draft = await draftUndo(session, receipt);
    await touch(ids[3] ?? '');
    expect(await preview(session, draft.plan as Plan)).toMatchObject({ kind: 'stale' });
    expect(await apply(session, draft.plan as Plan, agreed)).toMatchObject({ kind: 'stale' });
    expect(await restored()).toEqual([]);
    for (const id of ids) await touch(id);
    expect((await undo()).flows).toBeUndefined();
  });

  test('a flow that is held or rejected is found when it is tried out, and the others are taken back', async () => {
    const [held = '', bad = ''] = ids;
    await install.query(`
      create function migration.stubborn() returns trigger language plpgsql as
        $$ begin if new.flow_id = '${bad}' then new.status := 'paused'; end if; return new; end $$;
      create trigger stubborn before update on migration.discovery_flows
        for each row execute function migration.stubborn()`);
    const platform = new pg.Client({ connectionString: install.url });
    await platform.connect();
    await platform.query('begin');
    await platform.query('select from migration.discovery_flows where flow_id = $1 for update', [held]);
    const quick = { ...environment, FLOWMEND_LOCK_TIMEOUT_MS: '200' };
    const { stdout, code } = await flowmend(['undo', receipt.id, '--yes', '--json'], quick);
    await platform.query('rollback');
    await platform.end();
    const { outcome, failed } = JSON.parse(stdout);
    expect(outcome).toMatchObject({ kind: 'applied' });
    expect(failed.map((one: { flowId: string; kind: string }) => `${one.kind} ${one.flowId}`).sort()).toEqual([
      `busy ${held}`,
      `not verified ${bad}`,
    ]);
    expect(code).toBe(7);
    expect(await restored()).toEqual(ids.slice(2).sort());
  });

  test('the command line: what is taken back is named, what changed is told and exit 7; single flows by a prefix', async () => {
    const [touched = '', one = ''] = ids;
    await touch(touched);
    // The role of the other place would write to the same database under the same name.
    const single = await flowmend(['undo', receipt.id, one.slice(0, 13), '--yes'], environment);
    expect(single.stdout).toContain(`Takes back the repair of 1 of the ${FLOWS} flows of receipt ${receipt.id}`);
    expect(single.stdout).toContain(one);
    expect(single.code).toBe(0);
    expect(await restored()).toEqual([one]);
    const rest = await flowmend(['undo', receipt.id, '--yes', '--json'], environment);
    expect(JSON.parse(rest.stdout)).toMatchObject({ outcome: { kind: 'applied' }, changed: [{ flowId: touched }] });
    expect(rest.code).toBe(7);
    expect(await restored()).toEqual(ids.slice(1).sort());
    const last = await flowmend(['undo', receipt.id, '--yes'], environment);
    expect(last.stdout).toMatch(/stale: rows changed/);
    expect(last.stdout).not.toContain('flowmend plan');
    expect(last.code).toBe(4);
    expect(await receipts(session, { limit: 9 })).toHaveLength(3);
  });
});
