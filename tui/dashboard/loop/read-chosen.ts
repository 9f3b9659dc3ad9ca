import { asFailure, diagnose, type Receipt, receiptToUndo, type Session } from '../../../shared/index.ts';
import { flowAtHand } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { troubleOf } from '../state/trouble.ts';

/** Reads the chosen flow and what can be taken back of it; and the flow of the panel, where that is another. */
export async function readChosen(session: Session, store: Store): Promise<void> {
  const { selected } = store.get();
  const atHand = flowAtHand(store.get()) || undefined;
  for (const flowId of new Set([selected, atHand])) {
    if (flowId !== undefined) await readOne(session, flowId, store);
  }
}

async function readOne(session: Session, flowId: string, { dispatch }: Store): Promise<void> {
  try {
    const [diagnosed, receipt] = await Promise.all([diagnose(session, flowId), receiptOf(session, flowId)]);
    dispatch({ type: 'diagnosed', flowId, diagnosed, receipt });
  } catch (thrown) {
    dispatch({ type: 'not diagnosed', flowId, trouble: troubleOf(thrown) });
  }
}

/**
 * Who may read flows may still lack the rights on the journal, or it is not to be trusted: then nothing can be taken back,
 * and the rest is shown.
 */
async function receiptOf(session: Session, flowId: string): Promise<Receipt | undefined> {
  try {
    return await receiptToUndo(session, flowId);
  } catch (thrown) {
    if (['no-rights', 'journal-unusable', 'journal-untrusted'].includes(asFailure(thrown).code)) return undefined;
    throw thrown;
  }
}

/**
 * Reads a flow as soon as it is chosen. One at a time: who runs through the list does not leave a queue of reads behind.
 * @returns stops it
 */
export function readOnChoice(session: Session, store: Store): () => void {
  let reading = false;
  let last: string | undefined;
  return store.subscribe(() => {
    if (reading || store.get().selected === last) return;
    reading = true;
    void (async () => {
      while (store.get().selected !== last) {
        last = store.get().selected;
        await readChosen(session, store);
      }
      reading = false;
    })();
  });
}
