import type { Key } from 'ink';

const NAMED = {
  upArrow: 'up',
  downArrow: 'down',
  pageUp: 'pageup',
  pageDown: 'pagedown',
  home: 'home',
  end: 'end',
  return: 'enter',
  escape: 'escape',
  backspace: 'backspace',
  delete: 'backspace',
} as const satisfies Partial<Record<keyof Key, string>>;

const CONTROL: Record<string, string> = { '\r': 'enter', '\n': 'enter', '\u007f': 'backspace', '\b': 'backspace' };

/** The keys of one input by name. A slow line delivers several of them at once: each counts. */
export function keyNames(input: string, key: Key): string[] {
  for (const [flag, name] of Object.entries(NAMED)) {
    if (key[flag as keyof typeof NAMED]) return [name];
  }
  if (key.ctrl) return [`ctrl-${input}`];
  if (key.tab) return [];
  const names = [...input].flatMap(nameOf);
  // Escape and the next key, typed fast or over a slow line, look like that key with Alt. No key here takes Alt.
  return key.meta ? ['escape', ...names] : names;
}

function nameOf(character: string): string[] {
  const named = CONTROL[character];
  if (named !== undefined) return [named];
  if (/\P{Control}/u.test(character)) return [character];
  const code = character.codePointAt(0) ?? 0;
  return code >= 1 && code <= 26 ? [`ctrl-${String.fromCharCode(code + 96)}`] : [];
}
