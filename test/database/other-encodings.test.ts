import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { olderInstall } from '../../shared/demo/install-schema.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { exportFlow } from '../../shared/export/export-flow.ts';
import type { Failure } from '../../shared/failure.ts';
import { asFailure } from '../../shared/files/as-failure.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { planOf } from '../soak/broken-flows.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** A database that is neither UTF-8 nor SQL_ASCII: its 0x98 is no character of UTF-8, and it has no é. */
const bad = flow(olderInstall, { child: { progress_percentage: 1 } });
const others = [1, 2, 3].map(() => flow(olderInstall, { child: { progress_percentage: 1 } }));
const ids = others.map(({ flowId }) => flowId);
const agreed = { createJournal: true };

let install: Install;
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', () => [bad, ...others]);
  await install.query(
    "update pg_database set encoding = pg_char_to_encoding('WIN1251') where datname = current_database()",
  );
  // A session keeps the encoding that it began with.
  const client = new pg.Client({ connectionString: install.url });
  await client.connect();
  const name = (bytes: string, flowId = '') =>
    client.query(
      `update migration.discovery_flows set flow_name = convert_from('\\x${bytes}'::bytea, 'WIN1251') where flow_id = $1`,
      [flowId],
    );
  await name('63616698', bad.flowId);
  await name('cfd0', ids[0]);
  await client.end();
});
afterAll(() => install.close());

test('what cannot be read is named, with its flow and column', async () => {
  const session = await install.session();
  const named = {
    code: 'wrong-data',
    message: expect.stringMatching(
      new RegExp(`^discovery_flows.flow_name of flow ${bad.flowId} .* holds the character 0x98`),
    ),
    next: expect.stringContaining('WIN1251'),
  };
  const found = await scan(session, { healthy: true, reach: 'every flow' }).catch((thrown: unknown) => thrown);
  expect(found).toMatchObject(named);
  expect(await failureOf(diagnose(session, bad.flowId))).toMatchObject(named);
  expect(await failureOf(exportFlow(session, bad.flowId))).toMatchObject(named);
  expect(await failureOf(planMany(session, [bad.flowId, ...ids]))).toMatchObject(named);
});

test('what cannot be stored is named as it was typed, and is no fault of a flow', async () => {
  const session = await install.session();
  const before = await install.everyRow();
  const refused = {
    code: 'wrong-data',
    message: expect.stringContaining('is WIN1251, and has no character é (U+00E9)'),
  };
  const plan = await planOf(session, ids[1] ?? '');
  expect(await failureOf(apply(session, plan, { ...agreed, reason: 'déjà vu' }))).toMatchObject(refused);
  const many = await applyMany(session, await planMany(session, ids), { ...agreed, reason: 'déjà vu' });
  expect(many).toMatchObject({ kind: 'broken', applied: 0, failed: [], failure: refused });
  expect(await install.everyRow()).toEqual(before);
});

test('all that both have is read and written, whatever encoding a connection asks for', async () => {
  const [flowId = ''] = ids;
  const url = `${install.url}?options=-c%20client_encoding%3DWIN1251`;
  const session = await install.session({ FLOWMEND_DATABASE_URL: url });
  expect((await diagnose(session, flowId)).diagnosis.name).toBe('ПР');
  const outcome = await apply(session, await planOf(session, flowId), { ...agreed, reason: 'Привет' });
  expect(outcome).toMatchObject({ kind: 'applied', receipt: { reason: 'Привет' } });
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return work.then(
    () => expect.fail('it was done'),
    (thrown: unknown) => asFailure(thrown),
  );
}
