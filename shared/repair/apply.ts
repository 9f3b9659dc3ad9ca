import { z } from 'zod';
import type { Session } from '../session.ts';
import { createJournal, journalExists, Receipt, receiptOfPlan, writeReceipt } from './journal.ts';
import type { Plan } from './plan.ts';
import { RowChange } from './row-change.ts';
import { Drift, runPlan } from './run-plan.ts';

/** What came of applying a plan. Only `applied` wrote anything. */
export const ApplyOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('applied'), receipt: Receipt }),
  /** The journal holds this plan already. */
  z.object({ kind: z.literal('already applied'), receipt: Receipt }),
  z.object({ kind: z.literal('stale'), drift: z.array(Drift), why: z.string() }),
  z.object({ kind: z.literal('not verified'), changes: z.array(RowChange), problems: z.array(z.string()) }),
  z.object({ kind: z.literal('refused'), why: z.string() }),
]);
export type ApplyOutcome = z.infer<typeof ApplyOutcome>;

export interface ApplyOptions {
  readonly reason?: string | undefined;
  /** The user agreed that the journal's schema and table may be made where they do not exist. */
  readonly createJournal: boolean;
}

/**
 * Applies a plan in one guarded transaction: exactly what was reviewed, or nothing. The journal row commits with it.
 * @throws Failure of the connection, `no-rights`, `lock-timeout`, `read-only`, `outcome-unknown`
 */
export async function apply(session: Session, plan: Plan, options: ApplyOptions): Promise<ApplyOutcome> {
  if (plan.steps.every((step) => step.writes.length === 0)) {
    return { kind: 'refused', why: 'the plan has nothing to write' };
  }
  if (plan.database !== session.settings.database.label) {
    return {
      kind: 'refused',
      why: `the plan was made for ${plan.database}, and this is ${session.settings.database.label}`,
    };
  }
  if (await journalExists(session.primary)) {
    const receipt = await receiptOfPlan(session.primary, plan);
    if (receipt) return { kind: 'already applied', receipt };
  } else if (options.createJournal) {
    await createJournal(session.writer);
  } else {
    return { kind: 'refused', why: 'the journal does not exist yet and making it was not agreed to' };
  }
  if (Date.parse(plan.expiresAt) < Date.now()) {
    return { kind: 'stale', drift: [], why: `the plan was valid until ${plan.expiresAt}` };
  }
  return applyOnce(session, plan, options.reason ?? null);
}

async function applyOnce(session: Session, plan: Plan, reason: string | null): Promise<ApplyOutcome> {
  return session.writer.transaction<ApplyOutcome>(async (transaction) => {
    const run = await runPlan(session, transaction, plan);
    if (run.kind === 'ran') {
      const receipt = await writeReceipt(transaction, plan, run.changes, reason);
      return { ending: 'commit', value: { kind: 'applied', receipt } };
    }
    if (run.kind === 'stale') {
      // Another apply of the same plan may have committed while this one waited for the rows.
      const receipt = await receiptOfPlan(transaction, plan);
      if (receipt) return { ending: 'rollback', value: { kind: 'already applied', receipt } };
      return {
        ending: 'rollback',
        value: { kind: 'stale', drift: run.drift, why: 'rows changed since the plan was made' },
      };
    }
    return { ending: 'rollback', value: run };
  });
}
