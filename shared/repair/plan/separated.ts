import type { Reader } from '../../database/sql/reader.ts';
import { type MasterKeys, masterKeysOf, sharedMasters } from '../../diagnose/read/sharers.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import type { Session } from '../../session.ts';
import type { Step } from '../document/plan.ts';
import type { PlanOptions } from '../document/plan-options.ts';
import { masterIsShared } from '../document/shared-master.ts';
import { draftRepair, type FlowDraft } from './plan-repair.ts';

/** What a plan would say of one of several flows, and the keys of the master where that is written. */
export interface Drafted {
  readonly draft: FlowDraft;
  readonly master: MasterKeys | null;
}

export function draftedOf(session: Session, facts: FlowFacts, options: PlanOptions): Drafted {
  const draft = draftRepair(session, facts, options);
  return { draft, master: masterStep(draft) ? masterKeysOf(facts, session) : null };
}

/**
 * Two flows of one plan must not meet in a row: one would rest on what the other changes. The later one is left out, with
 * the reason. A master that is several flows', of the plan or not, is not written for any of them.
 */
export async function separated(reader: Reader, session: Session, drafted: readonly Drafted[]): Promise<FlowDraft[]> {
  const masters = new Map(drafted.flatMap(({ draft, master }) => (master ? [[draft.flowId, master]] : [])));
  const shared = await sharedMasters(reader, session, masters);
  /** Row -> the flow whose repair names it. */
  const taken = new Map<string, string>();
  return drafted.map(({ draft }) => {
    const master = masterStep(draft);
    const other = shared.get(draft.flowId);
    if (master && other !== undefined) return leftOut(draft, masterIsShared(master.key, other));
    const met = draft.steps.find((step) => taken.has(step.key));
    const first = taken.get(met?.key ?? '');
    if (met && first) {
      const row = `its ${met.table.name} row ${met.key}`;
      return leftOut(draft, `${row} is part of the repair of flow ${first} too: plan it when that is applied`);
    }
    for (const { key } of draft.steps) taken.set(key, draft.flowId);
    return draft;
  });
}

/** The step that writes the master, where there is one. */
function masterStep({ steps }: FlowDraft): Step | undefined {
  return steps.find(({ record, writes }) => record === 'master' && writes.length > 0);
}

function leftOut(draft: FlowDraft, why: string): FlowDraft {
  const left = draft.mends.map((one) => ({ ...one, reason: 'shared' as const, why, options: [] }));
  return { ...draft, mends: [], leftOut: [...draft.leftOut, ...left], steps: [] };
}
