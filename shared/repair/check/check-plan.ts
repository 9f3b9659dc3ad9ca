import { isAnother } from '../../database/sql/server-identity.ts';
import { Failure } from '../../failure.ts';
import { asFailure } from '../../files/as-failure.ts';
import type { Session } from '../../session.ts';
import { PLAN_LIFETIME_MS, type Plan, type PlanBody, type Step, sealsOf } from '../document/plan.ts';
import { receiptById } from '../journal/journal-place.ts';
import { withinWriter } from '../journal/receipt-problem.ts';
import { undoOf } from './plan-undo.ts';

/** Clocks of two machines may differ by this much. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** Why a plan is none of the database of this session; undefined where it is. */
export function otherDatabase(plan: Plan, { settings, catalog }: Session): string | undefined {
  const { label } = settings.database;
  if (plan.database !== label) return `the plan was made for ${plan.database}, and this is ${label}`;
  return plan.server && isAnother(plan.server, catalog.server)
    ? `the plan was made for another database that was ${label} then: the server is another one now, or the database was dropped and made again`
    : undefined;
}

/**
 * What in a plan contradicts itself, so that Flowmend cannot have made it; undefined where nothing does. Its hash only shows
 * that a plan was not changed after it was written, and anyone can compute one. What a repair writes is not looked at here: a
 * plan from outside is made again before it is run, see `madeAgain`. An undo must be the one that its receipt gives.
 * @throws Failure of reading the journal, for an undo
 */
export async function forgeryIn(plan: Plan, session: Session): Promise<string | undefined> {
  const [created, expires] = [Date.parse(plan.createdAt), Date.parse(plan.expiresAt)];
  if (expires - created > PLAN_LIFETIME_MS || created > Date.now() + CLOCK_SKEW_MS) return 'its times cannot be';
  return plan.kind === 'undo' ? forgeryInUndo(plan, session) : forgeryInRepair(plan);
}

/**
 * Refuses to try out a plan of another database, or one that was not made by Flowmend.
 * @throws Failure `plan-forged`
 */
export async function refuseForged(plan: Plan, session: Session): Promise<void> {
  const elsewhere = otherDatabase(plan, session);
  const forgery = elsewhere === undefined ? await forgeryIn(plan, session) : undefined;
  const why = elsewhere ?? (forgery && `Flowmend did not make this plan: ${forgery}`);
  if (why === undefined) return;
  throw new Failure('plan-forged', `${why}.`, {
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

function forgeryInRepair(plan: Plan): string | undefined {
  if (plan.undoes !== null) return 'it is a repair that takes a receipt back';
  const places = new Map(plan.flows.map((flowId, place) => [flowId, place]));
  if (places.size < plan.flows.length) return 'it names a flow twice';
  const rows = new Set<string>();
  let last = 0;
  for (const { record, key, flowId } of plan.steps) {
    const place = places.get(flowId);
    if (place === undefined) return `${record} ${key} belongs to none of its flows`;
    if (place < last) return `${record} ${key} does not stand where its flow does`;
    last = place;
    const row = `${record} ${key}`;
    if (rows.has(row)) return `it has two steps for ${row}`;
    rows.add(row);
  }
  return mendsWithoutWrites(plan);
}

/** Each flow that is written is mended of something, and the other way round. */
function mendsWithoutWrites({ steps, mends }: Plan): string | undefined {
  const written = new Set(steps.filter(({ writes }) => writes.length > 0).map(({ flowId }) => flowId));
  const mended = new Set(mends.map(({ flowId }) => flowId));
  const idle = [...mended].find((flowId) => !written.has(flowId));
  if (idle !== undefined) return `it mends flow ${idle} and writes nothing to it`;
  const strange = steps.find(({ flowId }: Step) => !mended.has(flowId));
  return strange && `it has a step for flow ${strange.flowId} and mends nothing of it`;
}
