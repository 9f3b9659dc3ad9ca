import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertFlows } from '../../shared/demo/flow-rows.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import type { WriteSession } from '../../shared/session.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { brokenBy } from './random-flow.ts';
import { randomOf, rounds, SOAK_TIMEOUT_MS } from './rounds.ts';

/*
 * Seen to fail in the first cases when the guarantee is broken: with an undo that leaves out updated_at, and with a repair
 * that leaves out the master and is not judged again before it commits.
 */
const CASES = rounds(30, 5_000);
/** Flows in the database at once: what happens to one must not happen to its neighbours. */
const AT_ONCE = 10;

let install: Install;
let session: WriteSession;

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', () => []);
  session = await install.session();
});
afterAll(() => install.close());

test(
  `${CASES} random broken flows: mended to the end with nothing new, and undone to the last byte`,
  async () => {
    const random = randomOf('mend and undo');
    const seen = { mended: 0, nothing: 0 };
    for (let done = 0; done < CASES; done += AT_ONCE) {
      const flows = Array.from({ length: AT_ONCE }, () => flow(install.variant, brokenBy(random)));
      await insertFlows(install.query, install.variant.schema, flows);
      for (const { flowId, child } of flows) {
        const what = `${flowId}: ${JSON.stringify(child)}`;
        const before = await install.everyRow();
        const found = await diagnose(session, flowId);
        const choices = Object.fromEntries(
          planRepair(session, found.facts).leftOut.flatMap(({ rule, options }) => {
            const picked = options[Math.floor(random() * options.length)];
            return picked ? [[rule, picked.value]] : [];
          }),
        );
        const plan = planRepair(session, found.facts, { choices });
        if (plan.steps.every(({ writes }) => writes.length === 0)) {
          seen.nothing++;
          continue;
        }
        const outcome = await apply(session, plan, { createJournal: true });
        if (outcome.kind !== 'applied') throw new Error(`${JSON.stringify(outcome)} ${what}`);
        const { facts, diagnosis } = await diagnose(session, flowId);
        expect(planRepair(session, facts, { choices: {} }).mends, what).toEqual([]);
        const errors = diagnosis.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
        expect(
          found.diagnosis.findings.map(({ rule }) => rule),
          what,
        ).toEqual(expect.arrayContaining(errors));
        const undone = await apply(session, planUndo(session, outcome.receipt), { createJournal: false });
        expect(undone.kind, what).toBe('applied');
        expect(await install.everyRow(), what).toEqual(before);
        seen.mended++;
      }
      await install.query(
        `truncate ${['discovery_flows', 'raw_import_records', 'data_imports', 'crewai_flow_state_extensions'].map((table) => `${install.variant.schema}.${table}`).join(', ')} cascade`,
      );
    }
    // Otherwise the flows were not broken enough.
    expect(seen.mended).toBeGreaterThan(CASES / 2);
  },
  SOAK_TIMEOUT_MS,
);
