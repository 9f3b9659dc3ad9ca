import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { z } from 'zod';
import type { Reader } from '../../database/sql/reader.ts';
import { Failure, type FailureCode } from '../../failure.ts';

/** How a transaction ended. `unknown`: the server could not be asked in time, or no longer knows. */
export type Settled = 'committed' | 'aborted' | 'unknown';

const PAUSE_MS = 250;
/** PostgreSQL was restarted and never heard of this transaction: nothing of it was kept. */
const IN_THE_FUTURE = '22023';
const UNREACHABLE = new Set<FailureCode>([
  'no-connection',
  'server-full',
  'timed-out',
  'in-recovery',
  'stopped-by-admin',
]);

/**
 * Asks PostgreSQL, again and again until the time is up, how a transaction ended whose connection was lost while it
 * committed. One that is still in progress is waited for: its commit may be on its way.
 */
export async function settle(reader: Reader, transaction: string, withinMs: number): Promise<Settled> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const status = await statusOf(reader, transaction);
    if (status === 'committed' || status === 'aborted') return status;
    if (status === 'forgotten' || Date.now() >= deadline) return 'unknown';
    await sleep(PAUSE_MS);
  }
}

export type Status = 'committed' | 'aborted' | 'in progress' | 'forgotten' | 'unreachable';

/** What PostgreSQL says of a transaction at this moment. `forgotten`: it ended too long ago. */
export async function statusOf(reader: Reader, transaction: string): Promise<Status> {
  try {
    const [row] = await reader.read(sql`select pg_xact_status(${transaction}::text::xid8) as status`);
    const { status } = z.object({ status: z.enum(['committed', 'aborted', 'in progress']).nullable() }).parse(row);
    return status ?? 'forgotten';
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    if ((thrown.cause as { code?: unknown } | undefined)?.code === IN_THE_FUTURE) return 'aborted';
    if (UNREACHABLE.has(thrown.code)) return 'unreachable';
    throw thrown;
  }
}
