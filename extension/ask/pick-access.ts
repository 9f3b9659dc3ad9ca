import type { AccessMark } from '../connection/access-mark.ts';
import { type PickRow, pick, typed } from '../say/pick.ts';

const MAX_CHARACTERS = 60;
/** First what changes nothing. */
const CHOICES: readonly (PickRow & { kept: AccessMark['kind'] })[] = [
  { kept: 'read-only', icon: 'lock', label: 'Read-only', detail: 'Nothing is written and nothing is sent' },
  { kept: 'writable', icon: 'edit', label: 'Ask before each write', detail: 'For development and tests' },
  {
    kept: 'production',
    icon: 'warning',
    label: 'Production',
    detail: 'Each write also asks for a reason, and for the name of the connection to be typed',
  },
];

/**
 * How carefully the connection is written to; for production also its name. Undefined where the person turns away.
 * @param now how it is marked: who only presses Enter leaves it so
 */
export async function pickAccess(
  title: string,
  now: AccessMark | undefined,
  placeHolder: string,
): Promise<AccessMark | undefined> {
  const asNow = CHOICES.filter(({ kept }) => kept === now?.kind).map((one) => ({ ...one, description: 'as now' }));
  const others = CHOICES.filter(({ kept }) => kept !== now?.kind);
  const picked = await pick([...asNow, ...others], {
    title,
    placeHolder,
  });
  if (!picked) return undefined;
  if (picked.kept !== 'production') return { kind: picked.kept };
  const answer = await typed({
    title,
    prompt: 'What is it called? This name is to be typed before each write.',
    placeHolder: 'incident-db',
    ...(now?.kind === 'production' ? { value: now.name } : {}),
    validateInput: problemIn,
  });
  const name = answer?.trim();
  return name ? { kind: 'production', name } : undefined;
}

function problemIn(name: string): string | undefined {
  if (name.trim() === '') return 'A name that somebody would not type by accident';
  if (/\p{Control}/u.test(name)) return 'It cannot be typed with a control character in it';
  return name.length > MAX_CHARACTERS ? `At most ${MAX_CHARACTERS} characters` : undefined;
}
