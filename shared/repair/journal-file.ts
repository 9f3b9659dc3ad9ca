import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Transaction } from '../database/reader.ts';
import { Failure } from '../failure.ts';
import { ways } from '../ways.ts';
import { Receipt } from './journal.ts';
import { osUser } from './os-user.ts';
import type { Plan } from './plan.ts';
import type { RowChange } from './row-change.ts';

/** What is written before the commit: the whole receipt, and the transaction that will or will not make it true. */
const Prepared = z.object({
  state: z.literal('prepared'),
  database: z.string(),
  transaction: z.string(),
  receipt: Receipt,
});
/** What is written once it is known how the transaction ended. */
const Ended = z.object({ state: z.enum(['committed', 'aborted']), id: z.string() });
const Entry = z.discriminatedUnion('state', [Prepared, Ended]);
type Entry = z.infer<typeof Entry>;

/** A receipt of the file, and how its transaction ended as far as the file knows. */
export interface Filed {
  readonly receipt: Receipt;
  readonly transaction: string;
  /** Its flows that were taken back. */
  readonly takenBack: ReadonlySet<string>;
  readonly end: 'committed' | 'aborted' | undefined;
}

/** The file that is used unless FLOWMEND_JOURNAL_FILE names one: where this system keeps the state of programs. */
export function defaultJournalFile(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = environment;
  const folder =
    process.platform === 'win32'
      ? (LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Application Support')
        : XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(folder, 'flowmend', 'journal.jsonl');
}

/** Appends the receipt as prepared and returns only after the disk has it. The commit must not come before. */
export async function prepareReceipt(
  path: string,
  database: string,
  transaction: Transaction,
  plan: Plan,
  changes: readonly RowChange[],
  reason: string | null,
): Promise<Receipt> {
  const [row] = await transaction.read(sql`select current_user::text as role, to_json(now()) #>> '{}' as at`);
  const { role, at } = parseAnswer(z.object({ role: z.string(), at: z.string() }), row, 'The transaction');
  const receipt: Receipt = {
    schemaVersion: 1,
    id: randomUUID(),
    planHash: plan.hash,
    kind: plan.kind,
    appliedAt: at,
    flows: plan.flows,
    reason,
    who: { role, user: osUser(), host: hostname() },
    changes: [...changes],
    undoes: plan.undoes,
    undoneBy: null,
  };
  await append(path, { state: 'prepared', database, transaction: transaction.id, receipt });
  return receipt;
}

/** Appends how the transaction of a prepared receipt ended. */
export function endReceipt(path: string, id: string, state: 'committed' | 'aborted'): Promise<void> {
  return append(path, { state, id });
}

/**
 * The receipts of one database in the order in which they were prepared; none where there is no file yet.
 * @throws Failure `database` where the file cannot be read or holds what is no receipt
 */
export async function filedReceipts(path: string, database: string): Promise<Filed[]> {
  const entries = await entriesOf(path);
  const ends = new Map(entries.flatMap((entry) => (entry.state === 'prepared' ? [] : [[entry.id, entry.state]])));
  const prepared = entries.filter((entry) => entry.state === 'prepared').filter((one) => one.database === database);
  const committed = prepared.map(({ receipt }) => receipt).filter(({ id }) => ends.get(id) === 'committed');
  const undos = Map.groupBy(committed, ({ undoes }) => undoes);
  return prepared.map(({ receipt, transaction }) => {
    const own = undos.get(receipt.id) ?? [];
    const takenBack = new Set(own.flatMap(({ flows }) => flows));
    const whole = receipt.flows.every((flowId) => takenBack.has(flowId));
    return {
      receipt: { ...receipt, undoneBy: whole ? (own.at(-1)?.id ?? null) : null },
      transaction,
      takenBack,
      end: ends.get(receipt.id),
    };
  });
}

async function entriesOf(path: string): Promise<Entry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unusable(path, thrown);
  }
  return text.split('\n').flatMap((line) => {
    const json = jsonOf(line);
    if (json === undefined) return [];
    const entry = Entry.safeParse(json);
    if (!entry.success) throw unusable(path, entry.error);
    return [entry.data];
  });
}

/** A line that was cut off was never synced, so no commit followed it: it says nothing. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** One write of the whole line and one sync: what returns is on the disk. */
async function append(path: string, entry: Entry): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const line = Buffer.from(`\n${JSON.stringify(entry)}\n`);
    const file = await open(path, 'a', 0o600);
    try {
      // A disk that is nearly full takes a part and reports no error; the next write meets it. The line is written anew, not
      // its rest: another writer's line may stand in between by then.
      let written = 0;
      while (written < line.length) written = (await file.write(line)).bytesWritten;
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw unusable(path, thrown);
  }
}

function unusable(path: string, cause: unknown): Failure {
  const code = (cause as NodeJS.ErrnoException).code;
  return new Failure('journal-unusable', `The journal file ${path} cannot be used${code ? ` (${code})` : ''}.`, {
    next: `Set ${ways().journalFile} to a file that can be written, or ask for the journal in the database.`,
    cause,
  });
}
