import { z } from 'zod';
import type { Session } from '../session.ts';
import { forgeryIn } from './check-plan.ts';
import { Receipt } from './journal.ts';
import { appliedReceipt, journalPlace } from './journal-place.ts';
import type { Plan } from './plan.ts';
import { Drift, driftOf } from './run-plan.ts';
import { staleRows } from './write-rows.ts';

/** What a saved plan is good for now. */
export const PlanState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fresh'), until: z.string() }),
  z.object({ kind: z.literal('used'), receipt: Receipt }),
  z.object({ kind: z.literal('expired'), since: z.string() }),
  z.object({ kind: z.literal('stale'), drift: z.array(Drift) }),
  z.object({ kind: z.literal('elsewhere'), database: z.string() }),
  z.object({ kind: z.literal('forged'), why: z.string() }),
]);
export type PlanState = z.infer<typeof PlanState>;

/** Says whether a plan could still be applied, without locking a row or writing anything. */
export async function planState(session: Session, plan: Plan): Promise<PlanState> {
  const { primary, catalog, settings } = session;
  if (plan.database !== settings.database.label) return { kind: 'elsewhere', database: plan.database };
  const forgery = await forgeryIn(plan, session);
  if (forgery !== undefined) return { kind: 'forged', why: forgery };
  const receipt = await appliedReceipt(session, await journalPlace(session, plan), plan);
  if (receipt) return { kind: 'used', receipt };
  if (Date.parse(plan.expiresAt) < Date.now()) return { kind: 'expired', since: plan.expiresAt };
  const drift = driftOf(catalog, plan.steps, await staleRows(primary, catalog, plan.steps));
  return drift.length > 0 ? { kind: 'stale', drift } : { kind: 'fresh', until: plan.expiresAt };
}
