import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { isMadeHere, sealMadeHere } from '../../shared/repair/document/made-here.ts';
import { seal } from '../../shared/repair/document/plan.ts';
import { parsePlan } from '../../shared/repair/document/plan-file.ts';
import { heldPlan } from '../../shared/repair/preview/held-plan.ts';
import { sources } from '../support/imports.ts';
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
  const files = await sources('shared');
  const sealing = await Promise.all(
    files.map(async (file) => ((await readFile(file, 'utf8')).includes('sealMadeHere') ? [basename(file)] : [])),
  );
  expect(sealing.flat().sort()).toEqual(['held-plan.ts', 'made-here.ts', 'plan-many.ts', 'plan-repair.ts']);
  expect(await readFile('shared/index.ts', 'utf8')).not.toContain('made-here');
});
