import { afterEach, beforeEach, expect, test } from 'vitest';
import { olderInstall } from '../../shared/demo/install-schema.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import type { WriteSession } from '../../shared/session.ts';
import { broken } from '../soak/broken-flows.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** What the install's own triggers make of a repair. */
let install: Install;
let session: WriteSession;
let flowId: string;
const agreed = { createJournal: true };

beforeEach(async () => {
  const rows = broken(olderInstall);
  flowId = rows.flowId;
  install = await makeInstall('PostgreSQL', () => [rows]);
  session = await install.session();
});
afterEach(() => install.close());

const trigger = (table: string, body: string) =>
  install.query(`
    create function migration.own() returns trigger language plpgsql as $$ begin ${body} end $$;
    create trigger own before update on migration.${table} for each row execute function migration.own()`);
const planned = async (rules?: string[]) => planRepair(session, (await diagnose(session, flowId)).facts, { rules });

// Seen to fail where a new error is let by.
test('an error that is new rolls the repair back', async () => {
  await trigger('discovery_flows', `new.current_phase := 'no such phase'; return new;`);
  const before = await install.everyRow();
  expect(await apply(session, await planned(['progress-out-of-step']), agreed)).toMatchObject({
    kind: 'not verified',
    problems: [`phase-unknown would be new on ${flowId}`],
  });
  expect(await install.everyRow()).toEqual(before);
});

// Seen to fail where whatever is new rolls it back.
test('a warning that is new does not', async () => {
  await trigger('discovery_flows', `new.field_mappings := null; return new;`);
  expect(await apply(session, await planned(['progress-out-of-step']), agreed)).toMatchObject({ kind: 'applied' });
  const after = (await diagnose(session, flowId)).diagnosis.findings.map(({ rule }) => rule);
  expect(after).toContain('mappings-one-sided');
});

// Seen to fail where rows that were not written are not asked for.
test('a row that a trigger keeps from being written is named', async () => {
  await trigger('data_imports', 'return null;');
  const before = await install.everyRow();
  const plan = await planned();
  const key = plan.steps.find(({ record }) => record === 'import')?.key;
  expect(await apply(session, plan, agreed)).toMatchObject({
    kind: 'not verified',
    problems: expect.arrayContaining([`${key} was not written`]),
  });
  expect(await install.everyRow()).toEqual(before);
});
