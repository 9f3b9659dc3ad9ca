import { asFailure, diagnose } from '../../../shared/index.ts';
import type { Handler, Work } from '../loop/handler.ts';
import { rowOf } from '../state/row-of.ts';
import { messages } from '../words/messages.ts';

/** Asks the database for a flow that is not in the list, by its id or the digits that it begins with. */
export function findFlow(text: string): Handler {
  return async (work) => {
    try {
      work.found(rowOf(await diagnose(work.session, text)));
    } catch (thrown) {
      work.notice(whyNotFound(thrown, work), 'warn');
    }
  };
}

/** What no listed flow matches may stand in one that nobody looked at: only an id is asked of all. */
function whyNotFound(thrown: unknown, { listed }: Work): string {
  const { code, message, next } = asFailure(thrown);
  if (code === 'malformed-id') return messages.noneListed(listed().all, listed().notLookedAt);
  if (code === 'unknown-flow' || code === 'ambiguous-id') return `${message} ${next}`.trim();
  throw thrown;
}
