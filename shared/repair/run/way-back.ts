import { z } from 'zod';
import type { Trial } from '../../database/sql/reader.ts';
import { asFailure } from '../../files/as-failure.ts';
import type { Session } from '../../session.ts';
import type { RowChange } from '../document/row-change.ts';
import { stepsBack } from '../document/steps-back.ts';
import { NotRestored, remainderOf } from './not-restored.ts';
import { refusedWrite } from './refused-write.ts';
import { writeSteps } from './write-steps.ts';

/** Whether a repair can be undone, as far as trying its undo right after it can tell. */
export const WayBack = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('whole') }),
  /** Something of the install sets these columns on every write; all others are restored. */
  z.object({ kind: z.literal('in part'), notRestored: z.array(NotRestored) }),
  /** `of`: the flows; absent where the database refused all of them together, and does not say for which. */
  z.object({ kind: z.literal('none'), why: z.string(), of: z.array(z.string()).optional() }),
]);
export type WayBack = z.infer<typeof WayBack>;

/** Tries the undo of what was just written; nothing can be asked in the trial after it. */
export async function tryWayBack(session: Session, trial: Trial, changes: readonly RowChange[]): Promise<WayBack> {
  const { catalog } = session;
  const steps = stepsBack(catalog, changes, 'as it was before');
  try {
    const keep = { answered: 'changes', record: null } as const;
    const written = await writeSteps(trial, catalog, steps, keep, trial.last);
    const allLost = [...written.stale, ...written.unwritten];
    const [lost] = allLost;
    if (lost !== undefined) {
      const { table } = steps.find(({ key }) => key === lost.key) ?? {};
      const why = `${table?.name ?? 'the row'} ${lost.key} does not hold what was written to it`;
      return { kind: 'none', why, of: flowsOf(allLost) };
    }
    const { problems, notRestored } = remainderOf(session, steps, written.changes);
    const [problem] = problems;
    if (problem) return { kind: 'none', why: problem.what, of: flowsOf(problems) };
    return notRestored.length > 0 ? { kind: 'in part', notRestored: [...notRestored] } : { kind: 'whole' };
  } catch (thrown) {
    const refused = refusedWrite(catalog, thrown);
    if (refused !== undefined) return { kind: 'none', why: refused };
    const { code, message } = asFailure(thrown);
    // A trigger may set a column that this role may not write back.
    if (code === 'no-rights') return { kind: 'none', why: message };
    throw thrown;
  }
}

function flowsOf(all: readonly { readonly flowId: string }[]): string[] {
  return [...new Set(all.map(({ flowId }) => flowId))];
}
