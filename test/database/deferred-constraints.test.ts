import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { previewMany } from '../../shared/repair/preview/preview-many.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken, planOf } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** What an install puts off until the commit is met by the preview, and refused by flow when it is applied. */
const FLOWS = 6;
const agreed = { createJournal: true };
let install: Install;
let session: WriteSession;
let ids: string[];

beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: FLOWS }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return flows;
  });
  session = await install.session();
  await install.query(`
    create function migration.never() returns trigger language plpgsql as
      $$ begin if new.flow_id = '${ids[2]}' then raise exception 'not this one'; end if; return null; end $$;
    create constraint trigger never after update on migration.discovery_flows
      deferrable initially deferred for each row execute function migration.never()`);
});
afterEach(() => install.close());

test('one flow: the preview says what the commit would, and the commit is a refusal, no breakdown', async () => {
  const before = await install.everyRow();
  const plan = await planOf(session, ids[2] ?? '');
  const refused = { kind: 'not verified', problems: [expect.stringContaining('not this one')] };
  expect(await preview(session, plan)).toMatchObject(refused);
  expect(await apply(session, plan, agreed)).toMatchObject(refused);
  expect(await install.everyRow()).toEqual(before);
  const other = await planOf(session, ids[0] ?? '');
  expect((await preview(session, other)).kind).toBe('ran');
  expect((await apply(session, other, agreed)).kind).toBe('applied');
});

test('many flows: the one is found, by the preview and by the commit, and the others are mended', async () => {
  const plan = await planMany(session, ids);
  const failed = [{ flowId: ids[2], kind: 'rejected', why: expect.stringContaining('not this one') }];
  expect(await previewMany(session, plan)).toMatchObject({ ran: FLOWS - 1, failed });
  expect(await applyMany(session, plan, { ...agreed, stopAtShare: 1 })).toMatchObject({ applied: FLOWS - 1, failed });
});

describe('what is put off sets the status back, and puts everything off again', () => {
  /** Puts the status of every flow back to what is broken, at the commit. */
  const putBack = () =>
    install.query(`
      create function migration.off() returns trigger language plpgsql as
        $$ begin set constraints all deferred; return new; end $$;
      create trigger off before update on migration.discovery_flows for each row execute function migration.off();
      create function migration.back() returns trigger language plpgsql as
        $$ begin
          update migration.discovery_flows set status = 'running' where id = old.id and status <> 'running';
          return null;
        end $$;
      create constraint trigger back after update on migration.discovery_flows
        deferrable initially deferred for each row execute function migration.back()`);
  const stays = [expect.stringContaining('child-status-should-wait is still there')];

  test('one flow: neither the preview nor the apply says that it is mended', async () => {
    await putBack();
    const before = await install.everyRow();
    const plan = await planOf(session, ids[0] ?? '');
    expect(await preview(session, plan)).toMatchObject({ kind: 'not verified', problems: stays });
    expect(await apply(session, plan, agreed)).toMatchObject({ kind: 'not verified', problems: stays });
    expect(await install.everyRow()).toEqual(before);
  });

  test('many flows: none is said to be mended', async () => {
    await putBack();
    const before = await install.everyRow();
    const plan = await planMany(session, ids.slice(3));
    const failed = [0, 1, 2].map(() => expect.objectContaining({ why: stays[0] }));
    expect(await previewMany(session, plan)).toMatchObject({ ran: 0, failed });
    expect(await applyMany(session, plan, { ...agreed, stopAtShare: 1 })).toMatchObject({ applied: 0, failed });
    expect(await install.everyRow()).toEqual(before);
  });
});
