import { Failure, type FailureCode } from '../../failure.ts';
import { asFailure } from '../../files/as-failure.ts';

/** Failures that say themselves what became of the write. */
const SAY_IT: readonly FailureCode[] = ['outcome-unknown', 'journal-unmarked'];

/** A write is one transaction: one that failed before it was committed wrote nothing, which is said with the failure. */
export function sayingWhatWasWritten(failure: Failure): Failure {
  const { code, message, next, cause } = failure;
  if (SAY_IT.includes(code) || /(nothing was|before anything was) (written|changed)/i.test(message)) return failure;
  return new Failure(code, `${message} Nothing was written.`, { next, cause });
}

/** The same for a write that is still to be done. */
export async function writing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw sayingWhatWasWritten(asFailure(thrown));
  }
}
