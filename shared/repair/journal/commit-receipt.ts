import type { Transaction } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import { asFailure } from '../../files/as-failure.ts';
import type { WriteSession } from '../../session.ts';
import { ways } from '../../words/ways.ts';
import { receiptWithId } from './journal.ts';
import { endReceipt, readyJournalFile } from './journal-file.ts';
import type { JournalPlace } from './journal-place.ts';
import { settle } from './settle.ts';

/** What is done in the transaction, and the id of the receipt that commits with it; null: nothing is to be kept. */
interface Done<T> {
  readonly value: T;
  readonly receipt: string | null;
}

/** How it ended. `found …`: the connection broke while committing, and PostgreSQL was asked afterwards. */
type End = 'committed' | 'found committed' | 'found aborted' | 'rolled back';

interface Ended {
  readonly end: End;
  readonly unmarked?: Failure | undefined;
}

/**
 * Runs `work` in one transaction that commits along with its receipt, or is rolled back, and finds out which of the two
 * happened where the connection breaks in between.
 * @returns `unmarked`: the failure `journal-unmarked`, where it did commit and the file could not be told
 * @throws Failure `outcome-unknown` where nobody could be asked in time
 */
export async function commitReceipt<T>(
  session: WriteSession,
  place: JournalPlace,
  work: (transaction: Transaction) => Promise<Done<T>>,
): Promise<{ readonly value: T } & Ended> {
  if (place.kind === 'file') await readyJournalFile(place.path);
  let pending: (Done<T> & { readonly receipt: string; readonly transaction: string }) | undefined;
  try {
    const value = await session.writer.transaction(async (transaction) => {
      const { receipt, value } = await work(transaction);
      if (receipt === null) return { ending: 'rollback', value };
      pending = { value, receipt, transaction: transaction.id };
      return { ending: 'commit', value };
    });
    if (!pending) return { value, end: 'rolled back' };
    const unmarked = place.kind === 'file' ? await mark(place.path, pending.receipt, 'committed') : undefined;
    return { value, end: 'committed', unmarked };
  } catch (thrown) {
    if (!pending || !(thrown instanceof Failure) || thrown.code !== 'outcome-unknown') throw thrown;
    return { value: pending.value, ...(await findOut(session, place, pending, thrown)) };
  }
}

/**
 * How the transaction ended is asked first, since its commit may still be under way; the journal in the database then is the
 * proof: a server that was restored from elsewhere counts its transactions anew.
 */
async function findOut(
  { primary, settings }: WriteSession,
  place: JournalPlace,
  { receipt, transaction }: { readonly receipt: string; readonly transaction: string },
  broken: Failure,
): Promise<Ended> {
  // Where asking fails, as when the session is closed meanwhile, the end is not known: it may have been written.
  const settled = await settle(primary, transaction, settings.database.reconnectTimeoutMs).catch(
    () => 'unknown' as const,
  );
  if (settled === 'unknown') throw broken;
  if (place.kind === 'file') {
    return { end: `found ${settled}`, unmarked: await mark(place.path, receipt, settled) };
  }
  const kept = await receiptWithId(primary, receipt).catch(() => {
    throw broken;
  });
  return { end: kept ? 'found committed' : 'found aborted' };
}

/**
 * Tells the file how the transaction ended. Where that fails nothing is lost: who reads a receipt without this mark asks
 * PostgreSQL. What was committed must not look like a failure that wrote nothing, though.
 */
async function mark(path: string, receipt: string, end: 'committed' | 'aborted'): Promise<Failure | undefined> {
  try {
    await endReceipt(path, receipt, end);
    return undefined;
  } catch (thrown) {
    if (end === 'aborted') return undefined;
    const { message } = asFailure(thrown);
    return new Failure(
      'journal-unmarked',
      `This was written and committed, as receipt ${receipt}; only the mark of that could not be written: ${message}`,
      {
        next: `Nothing is lost: see that the file can be written; ${ways().journal} asks PostgreSQL and sets the mark then.`,
        cause: thrown,
      },
    );
  }
}
