import { plain, receipts, receiptsText } from '../../shared/index.ts';
import type { Face } from '../face.ts';

const MOST = 100;

/** Shows what was repaired in this database, the newest first. */
export async function journalCommand({ connection, previews }: Face): Promise<void> {
  const found = await receipts(await connection.session(), { limit: MOST });
  await previews.show(`${plain(receiptsText(found))}\n`, 'journal.txt');
}
