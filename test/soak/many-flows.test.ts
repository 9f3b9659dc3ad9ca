import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertFlows } from '../../shared/demo/flow-rows.ts';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { receiptById } from '../../shared/repair/journal/journal-place.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import type { WriteSession } from '../../shared/session.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { brokenBy } from './random-flow.ts';
import { randomOf, rounds, SOAK_TIMEOUT_MS } from './rounds.ts';

/*
 * Seen to fail in the first fleets when the guarantee is broken: with receipts that leave out updated_at the rows are not
 * as before, and with rivals that the plan of many does not count it links an import that two flows name. That the judgement
 * before the commit is not left out, apply-many.test.ts shows: seen to fail without it.
 */
const FLEETS = rounds(2, 84);
const FLOWS = 20;

const VARIANTS: readonly InstallVariant[] = [
  { schema: 'migration', linkTarget: 'id', statusCheck: false },
  { schema: 'migration', linkTarget: 'flow_id', statusCheck: true },
  { schema: 'public', linkTarget: 'none', statusCheck: false },
];

describe.each(VARIANTS)('many random broken flows (link to $linkTarget, checks $statusCheck)', (variant) => {
  let install: Install;
  let session: WriteSession;

  beforeAll(async () => {
    install = await makeInstall('PostgreSQL', () => [], variant);
    session = await install.session();
  });
  afterAll(() => install.close());

  test(
    `${FLEETS} fleets: planned as each alone, mended together, undone to the last byte`,
    async () => {
      const random = randomOf(`many flows ${variant.linkTarget}`);
      let [mended, failed] = [0, 0];
      for (let fleet = 0; fleet < FLEETS; fleet++) {
        // Half of the fleets hold flows that name each other's import or share a master.
        const entangled = fleet % 2 === 1;
        const flowIds = await newFleet(install, random, entangled ? 0.35 : 0);
        const before = await install.everyRow();
        const plan = await planMany(session, flowIds, { batchSize: 7 });
        for (const flowId of flowIds) {
          if (shared(plan).has(flowId)) continue;
          const alone = planRepair(session, (await diagnose(session, flowId)).facts);
          expect(partOf(plan, flowId), flowId).toEqual(partOf(alone, flowId));
        }
        const outcome = await applyMany(session, plan, { createJournal: true, stopAtShare: 1 });
        mended += outcome.applied;
        expect(outcome.applied + outcome.failed.length + outcome.left).toBe(outcome.total);
        expect(outcome.left).toBe(0);
        if (!entangled) {
          // A flow whose phase is put right may then have to wait for an approval: refused before the commit, and told.
          expect(outcome.failed.filter(({ kind }) => kind !== 'not verified')).toEqual([]);
          const told = new Set(outcome.failed.map(({ flowId }) => flowId));
          const again = await planMany(session, flowIds);
          expect(again.mends.filter(({ flowId }) => !told.has(flowId))).toEqual([]);
          failed += told.size;
          const known = new Set(plan.findings.map(({ flowId, rule }) => `${flowId} ${rule}`));
          const fresh = again.findings.filter(({ flowId, rule }) => !known.has(`${flowId} ${rule}`));
          expect(fresh.filter(({ rule }) => severityOf(rule) === 'error')).toEqual([]);
        }
        for (const id of outcome.receipts) {
          const undone = await apply(session, planUndo(session, await receiptById(session, id)), {
            createJournal: false,
          });
          expect(undone.kind).toBe('applied');
        }
        expect(await install.everyRow()).toEqual(before);
      }
      // Otherwise the flows were not broken enough.
      expect(mended).toBeGreaterThan((FLEETS * FLOWS) / 2);
      expect(failed).toBeLessThan((FLEETS * FLOWS) / 20);
    },
    SOAK_TIMEOUT_MS,
  );

  const severityOf = (rule: string) => session.rules.asked.find(({ id }) => id === rule)?.severity;
});

/** Flows of two tenants, of which a share names the import of another or has its master. */
async function newFleet(install: Install, random: () => number, entangled: number): Promise<string[]> {
  const { schema } = install.variant;
  await install.query(
    `truncate ${['discovery_flows', 'raw_import_records', 'data_imports', 'crewai_flow_state_extensions'].map((table) => `${schema}.${table}`).join(', ')} cascade`,
  );
  const tenants = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  const flows = Array.from({ length: FLOWS }, (_, index) =>
    flow(install.variant, { ...brokenBy(random), tenant: tenants[index % 2] ?? '' }),
  );
  for (const one of flows) {
    const other = flows[Math.floor(random() * flows.length)] ?? one;
    // The CHECK of newer installs keeps the stranger ones out.
    if (install.variant.statusCheck && one.master)
      one.master.flow_status = random() < 0.5 ? 'initialized' : 'processing';
    const { child } = one;
    if (!child) continue;
    if (random() < 0.2) child.flow_name = `Discovery Import ${one.importId}`;
    if (random() >= entangled) continue;
    const [name, pointer, master] = [random() < 0.5, random() < 0.3, random() < 0.2];
    if (name) child.flow_name = `Discovery Import ${other.importId}`;
    if (pointer) child.data_import_id = other.importId;
    if (master) child.master_flow_id = other.flowId;
  }
  await insertFlows(install.query, schema, flows);
  return flows.map((one) => one.flowId);
}

/** What a plan says of one flow, without what belongs to the whole, and without what a person is shown to choose from. */
function partOf({ steps, mends, leftOut }: Plan, flowId: string): unknown {
  const own = <T extends { flowId: string }>(all: readonly T[]) => all.filter((one) => one.flowId === flowId);
  // A plan of many does not look for candidates near in time where the flow names an import: there is nothing to pick then.
  const reasonOf = (reason: string) => (reason === 'choice' ? 'manual' : reason);
  const left = own(leftOut).map(({ rule, reason }) => ({ rule, reason: reasonOf(reason) }));
  return { steps: own(steps), mends: own(mends), left };
}

function shared({ leftOut }: Plan): ReadonlySet<string> {
  return new Set(leftOut.filter(({ reason }) => reason === 'shared').map(({ flowId }) => flowId));
}
