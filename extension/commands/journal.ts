import { journalAdvice, notJudged, notJudgedLines, plain, receipts, receiptsText } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { longWork } from '../say/long-work.ts';

const MAX_RECEIPTS = 100;

/** Shows what was repaired in this database, the newest first. */
export async function journalCommand({ connection, previews }: Face): Promise<void> {
  const session = await connection.session();
  const found = await longWork('reading the journal', session, (session) => receipts(session, { limit: MAX_RECEIPTS }));
  const lines = [...notJudgedLines(notJudged(session)), ...receiptsText(found, await journalAdvice(session))];
  await previews.show(`${plain(lines)}\n`, 'journal.txt');
}
