import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader, Transaction } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import { stateFolder } from '../../files/state-folder.ts';
import { ways } from '../../words/ways.ts';
import type { Plan } from '../document/plan.ts';
import type { RowChange } from '../document/row-change.ts';
import { Receipt } from './journal.ts';
import { osUser } from './os-user.ts';

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
  return join(stateFolder(environment), 'journal.jsonl');
}

/**
 * Makes the file where there is none, so that whatever is wrong with its place is met before a row is held.
 * @throws Failure `journal-unusable`, also where nothing answers in time; `journal-untrusted` where others can write it
 */
export async function readyJournalFile(path: string): Promise<void> {
  await inTime(
    path,
    withFile(path, async () => {}),
  );
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
  const [row] = await transaction.read(sql`
    select current_user::text as role, to_json(now()) #>> '{}' as at, current_database()::text as database,
      has_function_privilege('pg_control_system()', 'EXECUTE') as "mayAsk"`);
  const { role, at, database: name, mayAsk } = parseAnswer(Now, row, 'The transaction');
  const receipt: Receipt = {
    schemaVersion: 1,
    id: randomUUID(),
    planHash: plan.hash,
    kind: plan.kind,
    appliedAt: at,
    flows: plan.flows,
    reason,
    who: { role, user: osUser(), host: hostname() },
    server: { system: mayAsk ? await systemOf(transaction) : null, database: name },
    changes: [...changes],
    undoes: plan.undoes,
    undoneBy: null,
  };
  await append(path, { state: 'prepared', database, transaction: transaction.id, receipt });
  return receipt;
}

const Now = z.object({ role: z.string(), at: z.string(), database: z.string(), mayAsk: z.boolean() });

async function systemOf(reader: Reader): Promise<string> {
  const [row] = await reader.read(sql`select system_identifier::text as system from pg_control_system()`);
  return parseAnswer(z.object({ system: z.string() }), row, 'The server').system;
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
  const text = await inTime(path, textOf(path));
  return text.split('\n').flatMap((line) => {
    const json = jsonOf(line);
    if (json === undefined) return [];
    const entry = Entry.safeParse(json);
    if (!entry.success) throw unusable(path, entry.error);
    return [entry.data];
  });
}

async function textOf(path: string): Promise<string> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw unusable(path, thrown);
  }
  try {
    await refuseOfOthers(path, file);
    return await file.readFile('utf8');
  } catch (thrown) {
    throw unusable(path, thrown);
  } finally {
    await file.close();
  }
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
function append(path: string, entry: Entry): Promise<void> {
  const line = Buffer.from(`\n${JSON.stringify(entry)}\n`);
  const written = withFile(path, async (file) => {
    // A disk that is nearly full takes a part and reports no error; the next write meets it. The line is written anew, not
    // its rest: another writer's line may stand in between by then.
    let bytes = 0;
    while (bytes < line.length) bytes = (await file.write(line)).bytesWritten;
    await file.sync();
  });
  return inTime(path, written);
}

/** Opens the file for appending; makes it, and its folders, where they are missing. */
async function withFile(path: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await makeFolders(dirname(path));
    // A pipe that nobody reads would be waited for without end.
    const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
    const file = await open(path, O_APPEND | O_CREAT | O_NONBLOCK | O_WRONLY, 0o600);
    try {
      await refuseOfOthers(path, file);
      await work(file);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw unusable(path, thrown);
  }
}

/** One after the other: in /proc Node's own `recursive` tries the same folder for ever. */
async function makeFolders(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const above = dirname(folder);
    // Where the one above is there, the system refuses this one for another reason.
    if (code !== 'ENOENT' || above === folder || (await isThere(above))) throw thrown;
    await makeFolders(above);
    await mkdir(folder, { mode: 0o700 });
  }
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

const WRITABLE_BY_OTHERS = 0o022;

/** What others can write says what they like. On Windows the folder of the user keeps them out. */
async function refuseOfOthers(path: string, file: FileHandle): Promise<void> {
  const { mode, uid } = await regular(file);
  const ours = process.getuid?.();
  if (ours === undefined) return;
  const why =
    uid !== ours && uid !== 0
      ? 'it belongs to another user of this machine'
      : (mode & WRITABLE_BY_OTHERS) !== 0
        ? 'other users of this machine may write it'
        : undefined;
  if (why === undefined) return;
  throw new Failure('journal-untrusted', `The journal file ${path} is not to be trusted: ${why}.`, {
    next: 'Look at what stands in it; then make it your own (chown) and yours alone to write (chmod 600).',
  });
}

async function regular(file: FileHandle): Promise<Stats> {
  const found = await file.stat();
  if (found.isFile()) return found;
  throw Object.assign(new Error('It is no file.'), { code: found.isDirectory() ? 'EISDIR' : 'EINVAL' });
}

const LONGEST_WAIT_MS = 20_000;

/** A disk of the network that does not answer must not hold rows for ever. */
async function inTime<T>(path: string, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = sleep(LONGEST_WAIT_MS, undefined, { signal: ended.signal }).then(() => {
    throw unusable(path, Object.assign(new Error('Nothing answered.'), { code: 'ETIMEDOUT' }));
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
    work.catch(() => {});
  }
}

function unusable(path: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const code = (cause as NodeJS.ErrnoException).code;
  return new Failure('journal-unusable', `The journal file ${path} cannot be used${code ? ` (${code})` : ''}.`, {
    next: `Set ${ways().journalFile} to a file that can be written, or ask for the journal in the database.`,
    cause,
  });
}
