import { asFailure, visible } from '../../shared/index.ts';

const MAX_REASON = 600;

/** What was last read of a flow: from which database, and when. */
export interface LastRead {
  readonly database: string;
  /** ISO 8601 */
  readonly checkedAt: string;
  readonly text: string;
}

/** A flow as it was just read. Its head, one line, says of which database and of when it is. */
export function currentPage(last: LastRead): string {
  return `${headOf(last)}\n${last.text}`;
}

/** A flow that could not be read now: what it was then, and why it is not known how it is. */
export function stalePage(last: LastRead, thrown: unknown): string {
  const { code, message, next } = asFailure(thrown);
  const since = code === 'unknown-flow' ? 'it is not there any more' : 'the database could not be asked since';
  return `${headOf(last)}; ${since}\n${visible(`${message} ${next}`.trim(), MAX_REASON)}\n\n${last.text}`;
}

/**
 * A flow of another database than this window works on.
 * @param here the one that it works on
 */
export function elsewherePage(
  flowId: string,
  database: string,
  here: string | undefined,
  last: LastRead | undefined,
): string {
  const words = `not connected to it now: ${hereWords(here)}`;
  if (last === undefined) return `Flow ${flowId} of ${visible(database)}; ${words}`;
  return `${headOf(last)}; ${words}\n\n${last.text}`;
}

export function hereWords(here: string | undefined): string {
  return here === undefined ? 'this window works on no database' : `this window works on ${visible(here)}`;
}

function headOf({ database, checkedAt }: LastRead): string {
  const [day = '', time = ''] = checkedAt.split('T');
  return `${visible(database)} · as of ${day} ${time.slice(0, 8)} UTC`;
}
