import { afterAll, beforeAll, expect, test } from 'vitest';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { rules } from '../../shared/rules/builtin/index.ts';
import { openSession, writable } from '../../shared/session.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { but, complete, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let unseen = '';
let through = '';
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const rows = [
      flow(variant, but(WAITING, { child: { status: 'running' }, master: { flow_status: 'running' } })),
      flow(variant, { child: complete(6) }),
    ] as const;
    [unseen, through] = [rows[0].flowId, rows[1].flowId];
    return [...rows];
  });
});
afterAll(() => install.close());

async function sessionWithout(ids: readonly string[]) {
  const off = Object.fromEntries(ids.map((id) => [id, 'off']));
  const configuration = await parseConfiguration(JSON.stringify({ rules: off }), 'flowmend.yaml');
  return writable(await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: install.url }, { configuration })));
}

test('a master is not moved ahead of a child that nothing moves', async () => {
  const session = await sessionWithout(['child-status-should-wait', 'all-phases-complete']);
  for (const flowId of [unseen, through]) {
    const plan = planRepair(session, (await diagnose(session, flowId)).facts);
    expect(plan.mends).toEqual([]);
    expect(plan.leftOut).toContainEqual(
      expect.objectContaining({
        rule: 'master-status-out-of-step',
        reason: 'manual',
        why: expect.stringMatching(/^the child should say (waiting_for_approval|completed) first/),
      }),
    );
  }
  await session.close();
});

test('with every rule off no flow is called well, and what asks no rule goes on', async () => {
  const session = await sessionWithout(rules.map(({ id }) => id));
  await expect(scan(session, { reach: 'every flow' })).rejects.toMatchObject({ code: 'nothing-asked' });
  const { diagnosis, facts } = await diagnose(session, unseen);
  expect([diagnosis.verdict, diagnosis.notices]).toEqual(['not judged', ['flowmend.yaml applies: every rule is off']]);
  expect([diagnosis.findings, planRepair(session, facts).steps]).toEqual([[], []]);
  await session.close();
});
