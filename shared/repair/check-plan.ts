import type { Rule } from '../diagnose/rule.ts';
import { ruleById } from '../diagnose/rule-set.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { WritableRecord } from './change.ts';
import { receiptById } from './journal-place.ts';
import { PLAN_LIFETIME_MS, type Plan, type PlanBody, type Step, sealsOf } from './plan.ts';
import { columnsOf } from './plan-repair.ts';
import { undoOf } from './plan-undo.ts';
import { withinWriter } from './receipt-problem.ts';

/** Clocks of two machines may differ by this much. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/**
 * Why a plan cannot be one that Flowmend made here; undefined where it could be. Its hash only shows that a plan was not
 * changed after it was written, and anyone can compute one: so a repair may write only what the rules that it mends may
 * write, guarded by everything that they rest on, and an undo must be the one that its receipt gives. That the rows are the
 * flow's own is seen inside the transaction: {@link strangeRows}.
 * @throws Failure of reading the journal, for an undo
 */
export async function forgeryIn(plan: Plan, session: Session): Promise<string | undefined> {
  const [created, expires] = [Date.parse(plan.createdAt), Date.parse(plan.expiresAt)];
  if (expires - created > PLAN_LIFETIME_MS || created > Date.now() + CLOCK_SKEW_MS) return 'its times cannot be';
  return plan.kind === 'undo' ? forgeryInUndo(plan, session) : forgeryInRepair(plan, session);
}

/**
 * Refuses to run a plan that was not made here.
 * @throws Failure `plan-forged`
 */
export async function refuseForged(plan: Plan, session: Session): Promise<void> {
  const forgery = await forgeryIn(plan, session);
  if (forgery === undefined) return;
  throw new Failure('plan-forged', `Flowmend did not make this plan: ${forgery}.`, {
    next: 'Make a new one with `flowmend plan <id> -o <file>`, and ask where this one came from.',
  });
}

async function forgeryInUndo(plan: Plan, session: Session): Promise<string | undefined> {
  if (plan.undoes === null) return 'it is an undo of no receipt';
  const receipt = await receiptById(session, plan.undoes).catch((thrown: unknown) => {
    if (asFailure(thrown).code === 'unknown-receipt') return undefined;
    throw thrown;
  });
  if (receipt === undefined) return `the journal has no receipt ${plan.undoes}`;
  const { hash: _, digests: __, ...body } = plan;
  const strange = `it is not the undo of receipt ${receipt.id}`;
  if (!plan.flows.every((flowId) => receipt.flows.includes(flowId))) return strange;
  const derived: PlanBody = {
    ...undoOf(session, (await withinWriter(session, receipt)).receipt, plan.flows),
    createdAt: plan.createdAt,
    expiresAt: plan.expiresAt,
  };
  return sealsOf(derived).hash === sealsOf(body).hash ? undefined : strange;
}

function forgeryInRepair(plan: Plan, session: Session): string | undefined {
  if (plan.undoes !== null) return 'it is a repair that takes a receipt back';
  const flows = new Set(plan.flows);
  if (flows.size < plan.flows.length) return 'it names a flow twice';
  const mendsOf = Map.groupBy(plan.mends, ({ flowId }) => flowId);
  const expected = new Map<string, Map<Step['record'], Expected | string>>();
  const seen = new Map(WritableRecord.options.map((record) => [record, new Set<string>()]));
  for (const { flowId, steps } of runsOf(plan.steps)) {
    const ids = (mendsOf.get(flowId) ?? []).map(({ rule }) => rule);
    const kind = JSON.stringify(ids);
    const ofRecords = expected.get(kind) ?? new Map<Step['record'], Expected | string>();
    expected.set(kind, ofRecords);
    for (const step of steps) {
      const { record, key, table } = step;
      const place = () => `${record} ${key}`;
      const keys = seen.get(record) as Set<string>;
      if (keys.has(key)) return `it has two steps for ${place()}`;
      keys.add(key);
      if (!flows.has(flowId)) return `${place()} belongs to none of its flows`;
      const { schema, name } = session.catalog[record];
      if (table.schema !== schema || table.name !== name) return `${place()} names another table than it is in`;
      const known = ofRecords.get(record) ?? expectedOf(session, record, ids);
      ofRecords.set(record, known);
      if (typeof known === 'string') return known;
      const why = forgeryInStep(step, known);
      if (why !== undefined) return `${place()} ${why}`;
    }
  }
  return undefined;
}

/** The steps of each flow, as far as they stand one after the other. */
function runsOf(steps: readonly Step[]): { readonly flowId: string; readonly steps: readonly Step[] }[] {
  const runs: { flowId: string; steps: Step[] }[] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.flowId === step.flowId) last.steps.push(step);
    else runs.push({ flowId: step.flowId, steps: [step] });
  }
  return runs;
}

function expectedOf(
  { rules, model, catalog }: Session,
  record: Step['record'],
  ids: readonly string[],
): Expected | string {
  const mended: Rule[] = [];
  for (const id of ids) {
    const rule = ruleById(rules, id);
    if (!rule?.fix) return `${id} is no rule that mends anything here`;
    mended.push(rule);
  }
  return {
    guarded: new Set(mended.flatMap((rule) => columnsOf(rule.restsOn, record, model, catalog))),
    written: new Map(mended.map((rule) => [rule.id, columnsOf(rule.writes ?? {}, record, model, catalog)])),
    touched: record === 'rawRecords' ? undefined : model[record].columns.updatedAt,
  };
}

/** What the steps of a record can be, by the rules that their flow's repair mends. */
interface Expected {
  readonly guarded: ReadonlySet<string>;
  /** Rule -> the columns that it may write. */
  readonly written: ReadonlyMap<string, readonly string[]>;
  /** The column that is set to now along with any other. */
  readonly touched: string | undefined;
}

function forgeryInStep({ guard, writes }: Step, { guarded, written, touched }: Expected): string | undefined {
  const unguarded = [...guarded].find((column) => !Object.hasOwn(guard, column));
  if (unguarded !== undefined) return `is not guarded by ${unguarded}`;
  const strange = Object.keys(guard).find((column) => !guarded.has(column));
  if (strange !== undefined) return `is guarded by ${strange}, which none of the rules that it mends rests on`;
  const columns = new Set(writes.map(({ column }) => column));
  if (columns.size < writes.length) return 'sets a column twice';
  const bad = writes.find(({ rule, column, to }) =>
    rule === null ? column !== touched || to.kind !== 'now' : !written.get(rule)?.includes(column),
  );
  return bad && `sets ${bad.column}, which none of the rules that it mends may write`;
}
