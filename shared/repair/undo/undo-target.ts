import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import { Failure } from '../../failure.ts';
import type { Session } from '../../session.ts';
import { runId } from '../document/run-id.ts';
import type { Receipt } from '../journal/journal.ts';
import { committed, fileOf, isReadable, receiptById } from '../journal/journal-place.ts';

/** What a person wants taken back: one receipt, or everything that one plan wrote. */
export type UndoTarget =
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'run'; readonly planHash: string; readonly flowId: string };

const Named = z.object({ id: z.string(), planHash: z.string(), flowId: z.string() });
type Named = z.infer<typeof Named>;

const WHOLE_ID = 36;
const MAX_CANDIDATES = 10;

/**
 * What a person named by a receipt's id, by the id of a run, or by the first digits of either.
 * @throws Failure `unknown-receipt`; `ambiguous-receipt` with what it could be; `no-rights` where the journal may not be read
 */
export async function undoTarget(session: Session, typed: string): Promise<UndoTarget> {
  const prefix = typed.trim().toLowerCase();
  if (prefix.length === WHOLE_ID || !/^[0-9a-f-]{1,64}$/.test(prefix)) {
    return { kind: 'receipt', receipt: await receiptById(session, prefix) };
  }
  const found = await namedIn(session, prefix);
  const receipts = found.filter(({ id }) => id.startsWith(prefix)).map(({ id }) => id);
  const runs = Map.groupBy(
    found.filter(({ planHash }) => planHash.startsWith(prefix)),
    ({ planHash }) => planHash,
  );
  if (receipts.length + runs.size > 1) throw ambiguous(typed, receipts, runs);
  const [[planHash, ofRun] = ['', []]] = [...runs];
  const [first, ...others] = ofRun;
  if (first && others.length > 0) return { kind: 'run', planHash, flowId: first.flowId };
  const [id = first?.id ?? prefix] = receipts;
  return { kind: 'receipt', receipt: await receiptById(session, id) };
}

/** Receipts of which the id or the plan's hash begins so, with both: of the database's journal and of this machine's file. */
async function namedIn(session: Session, prefix: string): Promise<Named[]> {
  const begins = `${prefix}%`;
  const kept = (await isReadable(session))
    ? await session.primary.read(sql`
        select id, plan_hash as "planHash", flows[1]::text as "flowId" from flowmend.journal
        where id::text like ${begins} or plan_hash like ${begins} order by applied_at desc`)
    : [];
  const filed = await committed(
    session,
    fileOf(session),
    ({ receipt }) => receipt.id.startsWith(prefix) || receipt.planHash.startsWith(prefix),
  );
  return [
    ...parseAnswer(z.array(Named), kept, 'The journal'),
    ...filed.map(({ id, planHash, flows: [flowId = ''] }) => ({ id, planHash, flowId })),
  ];
}

function ambiguous(typed: string, receipts: readonly string[], runs: ReadonlyMap<string, readonly Named[]>): Failure {
  const candidates = [
    ...[...runs].map(
      ([hash, all]) => `run ${hash.slice(0, Math.max(runId(hash).length, typed.length + 4))} (${all.length} receipts)`,
    ),
    ...receipts.map((id) => `receipt ${id}`),
  ];
  const more = candidates.length > MAX_CANDIDATES ? ' …' : '';
  return new Failure('ambiguous-receipt', `"${typed}" begins the names of ${candidates.length} in the journal.`, {
    next: `Give more digits: ${candidates.slice(0, MAX_CANDIDATES).join(', ')}${more}`,
  });
}
