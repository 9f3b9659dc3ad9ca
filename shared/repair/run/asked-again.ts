import type { Reader } from '../../database/sql/reader.ts';
import { otherFlowsOf } from '../../diagnose/read/other-flows-of.ts';
import type { Session } from '../../session.ts';
import { type PlanPart, without } from '../document/plan-part.ts';
import { masterIsShared } from '../document/shared-master.ts';
import { driftAmong, type MadeAgain, madeAgain } from './made-again.ts';
import { strangeBeforeUndo } from './strange-before-undo.ts';

/** What of a part can be written still, and why the rest cannot. */
export interface AskedAgain extends MadeAgain {
  /** Flows with a record that another flow has, or names, too since the plan was made. */
  readonly claimed: readonly { readonly flowId: string; readonly what: string }[];
}

/**
 * Asks once more, before a part is written, what the guards of its rows cannot tell: of a plan from outside everything; of
 * one that was made here, and of an undo, whether another flow stands on a master that is written by now, or names an import
 * that gets its link. A part costs one statement, however many flows it has, or none.
 */
export async function askedAgain(reader: Reader, session: Session, part: PlanPart): Promise<AskedAgain> {
  if (part.outside) return { ...(await madeAgain(reader, session, part, part.outside)), claimed: [] };
  const masters = part.steps
    .filter(({ record, writes }) => record === 'master' && writes.length > 0)
    .map(({ flowId, key }) => ({ flowId, id: key }));
  const linked = part.steps.filter(({ rivals }) => rivals !== undefined);
  const imports = linked.map(({ flowId, key }) => ({ flowId, id: key }));
  const rivals = new Map(linked.map(({ flowId, key, rivals = 0 }) => [`${flowId} ${key}`, rivals]));
  const others = await otherFlowsOf(reader, session, { masters, imports });
  const claimed = others
    .filter(({ record, flow_id, id, flows }) => record === 'master' || flows > (rivals.get(`${flow_id} ${id}`) ?? 0))
    .map(({ record, flow_id, id, other }) => ({
      flowId: flow_id,
      what:
        record === 'master'
          ? masterIsShared(id, other)
          : `its import ${id} is named by flow ${other} too by now: a person has to pick`,
    }));
  const strange = part.kind === 'undo' ? await strangeBeforeUndo(reader, session, part.steps) : [];
  const isStrange = new Set(strange.map(({ flowId }) => flowId));
  const drift = await driftAmong(
    reader,
    session,
    part.steps.filter(({ flowId }) => isStrange.has(flowId)),
  );
  const changed = new Set(drift.map(({ flowId }) => flowId));
  return {
    part: without(part, new Set([...claimed, ...strange].map(({ flowId }) => flowId))),
    drift,
    // Of a row that changed since, that is what is said.
    different: strange.filter(({ flowId }) => !changed.has(flowId)),
    claimed,
    notes: [],
  };
}
