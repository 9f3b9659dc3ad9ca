import { afterEach, beforeEach, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply.ts';
import { applyMany } from '../../shared/repair/apply-many.ts';
import { planMany } from '../../shared/repair/plan-many.ts';
import { preview } from '../../shared/repair/preview.ts';
import { previewMany } from '../../shared/repair/preview-many.ts';
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
