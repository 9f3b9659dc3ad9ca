import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { heldPlan } from '../../shared/repair/held-plan.ts';
import { isMadeHere, sealMadeHere } from '../../shared/repair/made-here.ts';
import { seal } from '../../shared/repair/plan.ts';
import { parsePlan } from '../../shared/repair/plan-file.ts';
import { planBody } from '../support/plan-body.ts';

const BODY = planBody();
const failed = [{ flowId: '2'.repeat(8), kind: 'stale', why: 'x' }] as const;

test('only the very plan that a planner made counts as made here: no copy, nothing read, nothing sealed again', () => {
  const made = sealMadeHere(BODY);
  expect(isMadeHere(made)).toBe(true);
  const { hash: _, digests: __, ...body } = made;
  const others = [{ ...made }, structuredClone(made), parsePlan(JSON.stringify(made), 'plan.json'), seal(body)];
  expect(others.map(isMadeHere)).toEqual([false, false, false, false]);
});

test('a plan without the flows that failed is as trustworthy as the whole was', () => {
  const tried = { total: 2, ran: 1, failed: [...failed] };
  const held = [sealMadeHere(BODY), seal(BODY)].map((plan) => heldPlan(plan, tried));
  expect(held.map((plan) => plan && isMadeHere(plan))).toEqual([true, false]);
});

test('nobody but the planners seals a plan as made here', async () => {
  const files = await readdir('shared/repair');
  const sealing = await Promise.all(
    files.map(async (file) =>
      (await readFile(`shared/repair/${file}`, 'utf8')).includes('sealMadeHere') ? [file] : [],
    ),
  );
  expect(sealing.flat().sort()).toEqual(['held-plan.ts', 'made-here.ts', 'plan-many.ts', 'plan-repair.ts']);
  expect(await readFile('shared/index.ts', 'utf8')).not.toContain('made-here');
});
