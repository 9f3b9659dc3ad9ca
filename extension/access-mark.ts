import { z } from 'zod';
import { Failure } from '../shared/index.ts';

/** What a person said of the connection that they set: how carefully it is written to. */
export const AccessMark = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('writable') }),
  z.strictObject({ kind: z.literal('production'), name: z.string().min(1) }),
  z.strictObject({ kind: z.literal('read-only') }),
]);
export type AccessMark = z.infer<typeof AccessMark>;

/**
 * The mark as it was kept. None was asked for by older versions.
 * @throws Failure `settings-invalid` where it cannot be read: nobody knows then whether writing is meant
 */
export function readMark(kept: string | undefined): AccessMark {
  if (kept === undefined) return { kind: 'writable' };
  try {
    return AccessMark.parse(JSON.parse(kept));
  } catch (cause) {
    throw new Failure('settings-invalid', 'How the connection may be written to is kept in a form that is not known.', {
      next: 'Run "Flowmend: Set Connection".',
      cause,
    });
  }
}

/** What the mark adds to the environment. It only tightens: what the environment forbids stays forbidden. */
export function environmentOf(mark: AccessMark): Record<string, string> {
  if (mark.kind === 'production') return { FLOWMEND_PRODUCTION: mark.name };
  return mark.kind === 'read-only' ? { FLOWMEND_READ_ONLY: '1' } : {};
}
