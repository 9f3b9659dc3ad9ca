import { Failure } from '../failure.ts';
import { withoutCredentials } from '../secrets/secret-patterns.ts';
import { writeFault } from './fault-file.ts';

/** Turns anything that was thrown into a Failure, so that no face ever shows a stack trace. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const path = isAbort(thrown) ? undefined : writeFault(thrown);
  const where = path === undefined ? '' : `What is known of it was written to ${path}. `;
  return new Failure('internal', `Unexpected: ${inOneSentence(thrown)}`, {
    next: `This is a fault of Flowmend. ${where}Please report it with the command you ran.`,
    cause: thrown,
  });
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

const MAX_SENTENCE = 200;

/** A text that is no sentence, such as a list of all that does not fit a schema, helps nobody who reads it. */
function inOneSentence(thrown: unknown): string {
  const [name, message] = thrown instanceof Error ? [thrown.name, thrown.message] : ['', String(thrown)];
  const isSentence = message.length <= MAX_SENTENCE && !/[\n{[]/.test(message);
  return isSentence ? withoutCredentials(message) : `something is not as it should be (${name || 'an error'}).`;
}
