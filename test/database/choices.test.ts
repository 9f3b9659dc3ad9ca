import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { choicesText } from '../../shared/report/text/choices-text.ts';
import type { WriteSession } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { broken } from '../soak/broken-flows.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

const RULE = 'import-unlinked';

let install: Install;
let session: WriteSession;
/** Flows with two imports each to pick from. */
let one: { flowId: string; imports: string[] };
let other: typeof one;
/** Its import is known, its progress too. */
let decided: typeof one;

beforeEach(async () => {
  const torn = (variant: InstallVariant) => {
    const rows = flow(variant, { import: { master_flow_id: null }, child: { data_import_id: null } });
    return { ...rows, imports: [...rows.imports, { ...rows.imports[0], id: randomUUID() }] };
  };
  install = await makeInstall('PostgreSQL', (variant) => {
    const rows = [torn(variant), torn(variant), broken(variant)];
    const named = rows.map(({ flowId, imports }) => ({ flowId, imports: imports.map(({ id }) => String(id)) }));
    [one, other, decided] = named as [typeof one, typeof one, typeof one];
    return rows;
  });
  session = await install.session();
});
afterEach(() => install.close());

const planOne = async ({ flowId }: typeof one, choices: Record<string, string>): Promise<Plan> =>
  planRepair(session, (await diagnose(session, flowId)).facts, { choices });

test('a choice for what Flowmend decides itself is refused, with what it writes; what it writes may be chosen', async () => {
  await expect(planOne(decided, { [RULE]: randomUUID() })).rejects.toMatchObject({
    code: 'usage',
    next: expect.stringMatching(/Flowmend decides this itself: master_flow_id becomes [0-9a-f-]{36}$/),
  });
  await expect(planOne(decided, { 'progress-out-of-step': '5' })).rejects.toMatchObject({
    code: 'usage',
    message: '"5" cannot be chosen for progress-out-of-step.',
    next: expect.stringContaining('progress_percentage becomes 16.7'),
  });
  const told = { [RULE]: decided.imports[0] ?? '', 'progress-out-of-step': '16.7' };
  const { mends, steps } = await planOne(decided, told);
  expect(mends.map(({ rule }) => rule)).toEqual(expect.arrayContaining(Object.keys(told)));
  expect(steps).toEqual((await planOne(decided, {})).steps);
});

test('of many flows those that do not offer what was chosen are left out with what they offer', async () => {
  const flows = [one, other, decided];
  const choice = one.imports[1] ?? '';
  const plan = await planMany(
    session,
    flows.map(({ flowId }) => flowId),
    { rules: [RULE], choices: { [RULE]: choice } },
  );
  expect(plan.mends).toEqual([{ flowId: one.flowId, rule: RULE }]);
  expect(plan.leftOut).toMatchObject([
    { flowId: other.flowId, rule: RULE, reason: 'choice', why: expect.stringContaining('is none of its options') },
    { flowId: decided.flowId, rule: RULE, reason: 'choice', why: expect.stringContaining('decides this itself') },
  ]);
  expect(plan.leftOut[0]?.options.map(({ value }) => value).sort()).toEqual([...other.imports].sort());
  expect(plan.leftOut[1]?.options).toEqual([]);
  expect(plan.steps.every(({ flowId }) => flowId === one.flowId)).toBe(true);
  const text = plain(choicesText(plan.leftOut));
  expect(text).toMatch(new RegExp(`--choose ${RULE}=[0-9a-f-]{36}\\|[0-9a-f-]{36}`));
  expect(text).not.toMatch(/--choose [a-z-]+=\s/);
});

test('what no flow at all offers is refused as a whole', async () => {
  const many = (...flows: (typeof one)[]) =>
    planMany(
      session,
      flows.map(({ flowId }) => flowId),
      { choices: { [RULE]: randomUUID() } },
    );
  await expect(many(one, other, decided)).rejects.toMatchObject({
    code: 'usage',
    next: expect.stringContaining(other.imports[0] ?? ''),
  });
  await expect(many(decided)).rejects.toMatchObject({ code: 'usage' });
  await expect(planOne(one, { [RULE]: other.imports[0] ?? '' })).rejects.toMatchObject({
    code: 'usage',
    next: expect.stringMatching(/^It offers: [0-9a-f-]{36}, [0-9a-f-]{36}$/),
  });
});
