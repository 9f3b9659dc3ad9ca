import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import type { WriteSession } from '../../shared/session.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';

const CHILD = 'migration.discovery_flows';
const agreed = { createJournal: true };

let install: Install;
let session: WriteSession;
let ids: string[];
beforeEach(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const broken = [1, 2].map(() => flow(variant, { child: { progress_percentage: 0 } }));
    ids = broken.map(({ flowId }) => flowId);
    return broken;
  });
  session = await install.session();
});
afterEach(() => install.close());

describe.each([
  'do also select 1',
  'do instead nothing',
  `where old.status = 'x' do instead nothing`,
  `do instead update ${CHILD} set flow_name = new.flow_name where id = old.id and false`,
])('a rule that came after the plan, or after the repair: %s', (does) => {
  const sentence = /rule .*\(CREATE RULE\) on UPDATE of .* PostgreSQL lets no repair through it$/;

  test('applying is refused with a sentence', async () => {
    const one = await planMany(session, ids.slice(0, 1));
    const all = await planMany(session, ids);
    await install.query(`create rule noted as on update to ${CHILD} ${does}`);
    const refused = { kind: 'not verified', problems: [expect.stringMatching(sentence)] };
    expect(await preview(session, one)).toMatchObject(refused);
    expect(await apply(session, one, agreed)).toMatchObject(refused);
    expect(await applyMany(session, all, { ...agreed, stopAtShare: 1 })).toMatchObject({
      applied: 0,
      failed: ids.map(() => ({ kind: 'rejected', why: expect.stringMatching(sentence) })),
    });
  });

  test('undo is refused with one that names it', async () => {
    const environment = { FLOWMEND_DATABASE_URL: install.url };
    const applied = await flowmend(['apply', ids[0] ?? '', '--yes', '--json'], environment);
    await install.query(`create rule noted as on update to ${CHILD} ${does}`);
    const { receipt } = JSON.parse(applied.stdout).outcome;
    const undone = await flowmend(['undo', receipt.id, '--yes'], environment);
    expect(undone.stdout).toContain('the rule noted (CREATE RULE) on UPDATE of discovery_flows acts on every write');
    expect(`${undone.stdout}${undone.stderr}`).not.toContain('0A000');
    expect(undone.code).toBe(5);
  });
});
