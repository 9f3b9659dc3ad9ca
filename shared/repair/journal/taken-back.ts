import { Failure } from '../../failure.ts';
import type { Session } from '../../session.ts';
import { ways } from '../../words/ways.ts';
import type { Receipt } from './journal.ts';
import { receiptById } from './journal-place.ts';

/**
 * Refuses a receipt of which nothing is left to take back, and names the one that an undo can take back now: what took it
 * back may have been taken back itself since, and so on.
 * @throws Failure `usage`
 */
export async function refuseTakenBack(session: Session, receipt: Receipt): Promise<void> {
  if (receipt.undoneBy === null) return;
  const first = receipt.undoneBy;
  let last = receipt;
  let turns = 0;
  for (; last.undoneBy !== null; turns++) last = await receiptById(session, last.undoneBy);
  const since = turns === 1 ? '' : `; that was taken back since, and receipt ${last.id} is the last of them`;
  const stands = turns % 2 === 0;
  throw new Failure('usage', `Receipt ${receipt.id} was taken back already, by ${first}${since}.`, {
    next: `${stands ? 'Its rows are as it left them again. To take them back' : 'To redo it'}: ${ways().undo(last.id)}`,
  });
}
