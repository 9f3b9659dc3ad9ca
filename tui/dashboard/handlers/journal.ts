import { receipts } from '../../../shared/index.ts';
import type { Handler } from '../handler.ts';

const MOST = 100;

/** Shows what was repaired in this database, the newest first. */
export const showJournal: Handler = async ({ session, flowId, show }) => {
  show({ kind: 'journal', flowId, receipts: await receipts(session, { limit: MOST }) });
};
