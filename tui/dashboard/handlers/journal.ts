import { journalAdvice, receipts } from '../../../shared/index.ts';
import type { Handler } from '../handler.ts';

const MOST = 100;

/** Shows what was repaired in this database, the newest first. */
export const showJournal: Handler = async ({ session, flowId, show }) => {
  const found = await receipts(session, { limit: MOST });
  show({ kind: 'journal', flowId, receipts: found, advice: await journalAdvice(session) });
};
