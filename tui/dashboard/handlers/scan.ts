import type { Handler } from '../loop/handler.ts';
import { messages } from '../words/messages.ts';

/** Reads all flows now instead of at the next turn. A failure stands in the header. */
export const scanNow: Handler = async ({ refresh, notice }) => {
  if (await refresh()) notice(messages.rescanned, 'good');
};
