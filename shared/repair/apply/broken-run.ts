import { z } from 'zod';
import { Failure, type FailureCode } from '../../failure.ts';
import { asFailure } from '../../files/as-failure.ts';

/** What ended a run of many flows that broke off. */
export const RunFailure = z.object({
  code: z.custom<FailureCode>((value) => typeof value === 'string'),
  message: z.string(),
  next: z.string(),
});
type RunFailure = z.infer<typeof RunFailure>;

interface Broken {
  readonly kind: 'broken';
  readonly why: string;
  readonly failure: RunFailure;
}

/** How a run of many flows says what ended it. What was committed until then stands in the outcome beside this. */
export function brokenBy(thrown: unknown): Broken {
  const failure = asFailure(thrown);
  const { code, message, next } = failure.code === 'cancelled' ? ENDED : failure;
  return { kind: 'broken', why: `${message} ${next}`.trim(), failure: { code, message, next } };
}

/** Who ends a statement says that nothing was written, and knows nothing of the batches before it. */
const ENDED = new Failure('cancelled', 'It was ended. What was written until then stands.');
