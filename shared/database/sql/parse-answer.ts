import type { z } from 'zod';
import { Failure } from '../../failure.ts';

/**
 * Parses what the database answered. A row that the flow model cannot read is named, never guessed at.
 * @throws Failure `wrong-data`
 */
export function parseAnswer<T extends z.ZodType>(schema: T, answer: unknown, subject: string): z.infer<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure('wrong-data', `${subject} cannot be read: ${issue?.path.join('.')}: ${issue?.message}.`, {
    next: 'A column holds a value that the flow model does not know. Nothing was changed.',
  });
}
