import { Failure } from '../../failure.ts';
import { RowId } from '../../flow/row-id.ts';
import type { Session } from '../../session.ts';
import { ways } from '../../words/ways.ts';
import type { Plan } from '../document/plan.ts';
import {
  flowsTakenBack,
  type JournalTable,
  journalTable,
  type Receipt,
  receiptOfPlan,
  receiptsIn,
  receiptWithId,
  type Turn,
  turnsOfPlan,
  type Wanted,
} from './journal.ts';
import { defaultJournalFile, endReceipt, type Filed, filedReceipts } from './journal-file.ts';
import { refuseUntrusted } from './journal-trust.ts';
import { otherServerOf } from './receipt-origin.ts';
import { statusOf } from './settle.ts';

/**
 * Where receipts are kept. `table`: in the database, committed with the repair. `file`: on this machine, written before the
 * commit and closed after it: because the role may not make the table, or because the receipt that is taken back stands
 * there, and the two are told apart from others by being in one place.
 */
export type JournalPlace =
  | { readonly kind: 'table'; readonly state: JournalTable['state']; readonly advice?: string }
  | { readonly kind: 'file'; readonly path: string; readonly why: 'no table' | 'undoes' };

/** The journal of nearly every plan: it is worth a try before the catalog is asked. */
export const IN_THE_TABLE: JournalPlace = { kind: 'table', state: 'current' };

/**
 * Where the receipt of this plan is kept, or will be once a person agreed to make the journal.
 * @throws Failure `journal-untrusted`
 */
export async function journalPlace(session: Session, plan: Plan): Promise<JournalPlace> {
  const beside = await besideUndone(session, plan);
  if (beside) return beside;
  const table = await journalTable(session.primary, session.catalog);
  refuseUntrusted(table);
  const { state, makeable, takesParts, advice } = table;
  if (state === 'missing' && !makeable) return { kind: 'file', path: fileOf(session), why: 'no table' };
  // The second part of a receipt needs the shape of today; whoever may not give it can still take a whole one back.
  if (plan.undoes !== null && !takesParts && makeable) return { kind: 'table', state: 'outdated', advice };
  return { kind: 'table', state, advice };
}

/**
 * The file, where the receipt stands in it that this plan takes back: the table may have been made later, and knows
 * nothing of that receipt. Undefined otherwise. Asks no database.
 */
export async function besideUndone(
  session: Session,
  { undoes }: Pick<Plan, 'undoes'>,
): Promise<JournalPlace | undefined> {
  if (undoes === null) return undefined;
  const path = fileOf(session);
  const filed = await filedReceipts(path, session.settings.database.label);
  return filed.some(({ receipt }) => receipt.id === undoes) ? { kind: 'file', path, why: 'undoes' } : undefined;
}

/** The receipt of a plan that was applied, also where that was before the table was made; undefined where it was not. */
export async function appliedReceipt(session: Session, place: JournalPlace, plan: Plan): Promise<Receipt | undefined> {
  const kept = isThere(place) ? await receiptOfPlan(session.primary, plan) : undefined;
  const sought = ({ receipt }: Filed) =>
    receipt.planHash === plan.hash ||
    (plan.undoes !== null && receipt.undoes === plan.undoes && plan.flows.every((id) => receipt.flows.includes(id)));
  return kept ?? (await committed(session, fileOf(session), sought)).at(0);
}

/** The flows of a plan that were applied, by this or by another run of it. */
export interface AppliedFlows {
  /** Those that are so still -> the receipt that says so. */
  readonly standing: ReadonlyMap<string, string>;
  /** Flow -> the receipt that took it back since. */
  readonly takenBack: ReadonlyMap<string, string>;
  /** The receipts of the plan of which a flow is so still. */
  readonly receipts: readonly string[];
}

/** What became of the flows of a plan that was applied, in whole or in part. */
export async function appliedFlows(session: Session, place: JournalPlace, planHash: string): Promise<AppliedFlows> {
  const kept = isThere(place) ? await turnsOfPlan(session.primary, planHash) : [];
  const turns = [...kept, ...(await turnsInFile(session, planHash))].sort((a, b) => a.turn - b.turn);
  const last = new Map(turns.flatMap((turn) => turn.flows.map((flowId) => [flowId, turn])));
  const isBack = ({ turn }: Turn) => turn % 2 === 1;
  const standing = new Map([...last].flatMap(([flowId, turn]) => (isBack(turn) ? [] : [[flowId, turn.id]])));
  return {
    standing,
    takenBack: new Map([...last].flatMap(([flowId, turn]) => (isBack(turn) ? [[flowId, turn.id]] : []))),
    receipts: turns.filter(({ turn, flows }) => turn === 0 && flows.some((id) => standing.has(id))).map(({ id }) => id),
  };
}

/** The same of this machine's file: an undo stands after what it takes back. */
async function turnsInFile(session: Session, planHash: string): Promise<readonly Turn[]> {
  const turns = new Map<string, Turn>();
  for (const { id, flows, planHash: hash, undoes } of (
    await committed(session, fileOf(session), () => true)
  ).reverse()) {
    const undone = turns.get(undoes ?? '');
    if (hash === planHash) turns.set(id, { id, flows, turn: 0 });
    else if (undone) turns.set(id, { id, flows, turn: undone.turn + 1 });
  }
  return [...turns.values()];
}

function isThere(place: JournalPlace): boolean {
  return place.kind === 'table' && place.state !== 'missing';
}

/**
 * Receipts, the newest first, of the database's journal and of this machine's file.
 * @throws Failure `no-rights` where the journal is there and this role may not read it: that is not an empty one;
 *   `journal-untrusted`
 */
export async function receipts(session: Session, wanted: Wanted): Promise<Receipt[]> {
  const kept = (await isReadable(session)) ? await receiptsIn(session.primary, wanted) : [];
  const { flowId, undoable, limit } = wanted;
  const sought = ({ receipt, takenBack }: Filed) =>
    (flowId === undefined || receipt.flows.includes(flowId)) &&
    (!undoable ||
      (receipt.kind === undoable && receipt.undoneBy === null && (flowId === undefined || !takenBack.has(flowId))));
  const filed = await committed(session, fileOf(session), sought);
  return [...kept, ...filed].sort((a, b) => Date.parse(b.appliedAt) - Date.parse(a.appliedAt)).slice(0, limit);
}

/** The newest repair of a flow that was not taken back; undefined where there is none. */
export async function latestReceipt(session: Session, flowId: string): Promise<Receipt | undefined> {
  return (await receipts(session, { flowId, undoable: 'repair', limit: 1 })).at(0);
}

/** What an undo of a flow takes back: its newest repair that is left, else its newest undo, which mends it again. */
export async function receiptToUndo(session: Session, flowId: string): Promise<Receipt | undefined> {
  return (
    (await latestReceipt(session, flowId)) ?? (await receipts(session, { flowId, undoable: 'undo', limit: 1 })).at(0)
  );
}

/** The flows of a receipt that were taken back already. */
export async function takenBackOf(session: Session, receipt: Receipt): Promise<ReadonlySet<string>> {
  const filed = await filedReceipts(fileOf(session), session.settings.database.label);
  const own = filed.find((one) => one.receipt.id === receipt.id);
  return own ? own.takenBack : new Set(await flowsTakenBack(session.primary, receipt.id));
}

/**
 * The receipt with this id.
 * @throws Failure `unknown-receipt`; `no-rights` where the journal may not be read
 */
export async function receiptById(session: Session, id: string): Promise<Receipt> {
  const uuid = RowId.safeParse(id.trim().toLowerCase());
  if (uuid.success) {
    const [filed] = await committed(session, fileOf(session), ({ receipt }) => receipt.id === uuid.data);
    const kept = !filed && (await isReadable(session)) ? await receiptWithId(session.primary, uuid.data) : undefined;
    const receipt = filed ?? kept;
    if (receipt) return receipt;
  }
  throw new Failure('unknown-receipt', `No receipt ${id.slice(0, 60)} is in the journal of this database.`, {
    next: `The receipt is the id that was said when it was applied; ${ways().journal} lists them.`,
  });
}

/** What whoever owns the journal of this database should change; empty where nothing, or where there is none. */
export async function journalAdvice({ primary, catalog }: Session): Promise<string> {
  return (await journalTable(primary, catalog)).advice;
}

/** False where there is no table. */
export async function isReadable({ primary, catalog }: Session): Promise<boolean> {
  const table = await journalTable(primary, catalog);
  refuseUntrusted(table);
  const { state, readable } = table;
  if (state === 'missing' || readable) return readable;
  throw new Failure('no-rights', 'This role may not read the journal of this database, flowmend.journal.', {
    next: 'Ask for the grants under "The journal" in docs/rights.md.',
  });
}

export function fileOf({ settings }: Session): string {
  return settings.database.journalFile ?? defaultJournalFile();
}

/**
 * The receipts of the file whose transaction committed, the newest first. Of one that was prepared and not closed, since
 * the process ended in between, PostgreSQL is asked, and its answer is kept.
 */
export async function committed(session: Session, path: string, sought: (filed: Filed) => boolean): Promise<Receipt[]> {
  const all = await filedReceipts(path, session.settings.database.label);
  const found: Receipt[] = [];
  for (const filed of all.filter(sought)) {
    const end = filed.end ?? (await endOf(session, path, filed));
    if (end === 'committed') found.unshift(filed.receipt);
  }
  return found;
}

async function endOf(session: Session, path: string, { receipt, transaction }: Filed): Promise<Filed['end']> {
  // Another server counts its transactions for itself: what this one says is of another transaction.
  if (otherServerOf(session, receipt) !== undefined) return undefined;
  const status = await statusOf(session.primary, transaction);
  if (status !== 'committed' && status !== 'aborted') return undefined;
  await endReceipt(path, receipt.id, status);
  return status;
}
