import { journalAdvice, receipts } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';

const MAX_RECEIPTS = 100;

/** Shows what was repaired in this database, the newest first. */
export const showJournal: Handler = async ({ session, show }) => {
  const newest = await receipts(session, { limit: MAX_RECEIPTS + 1 });
  const older = newest.length > MAX_RECEIPTS ? 'not shown' : 'none';
  const advice = await journalAdvice(session);
  show({ kind: 'journal', flowId: '', receipts: newest.slice(0, MAX_RECEIPTS), older, advice });
};
