import { z } from 'zod';
import { jointName } from '../../shared/index.ts';

/** What a person said of the connection that they set: how carefully it is written to. */
export const AccessMark = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('writable') }),
  z.strictObject({ kind: z.literal('production'), name: z.string().min(1) }),
  z.strictObject({ kind: z.literal('read-only') }),
]);
export type AccessMark = z.infer<typeof AccessMark>;

/**
 * The mark as it was kept. Older versions asked for none. One that cannot be read counts as read-only: nobody knows then
 * whether writing is meant.
 */
export function readMark(kept: string | undefined): AccessMark {
  if (kept === undefined) return { kind: 'writable' };
  try {
    return AccessMark.parse(JSON.parse(kept));
  } catch {
    return { kind: 'read-only' };
  }
}

/** What the mark adds to the environment. It only tightens: what the environment forbids or demands stays so. */
export function environmentOf(
  mark: AccessMark,
  { FLOWMEND_PRODUCTION: marked }: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  if (mark.kind === 'production') return { FLOWMEND_PRODUCTION: jointName(mark.name, marked) };
  return mark.kind === 'read-only' ? { FLOWMEND_READ_ONLY: '1' } : {};
}
