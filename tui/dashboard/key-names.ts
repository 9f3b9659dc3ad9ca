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

/** The keys of one input by name. A slow line delivers several characters at once: each counts. */
export function keyNames(input: string, key: Key): string[] {
  for (const [flag, name] of Object.entries(NAMED)) {
    if (key[flag as keyof typeof NAMED]) return [name];
  }
  if (key.ctrl) return [`ctrl-${input}`];
  if (key.meta || key.tab) return [];
  return [...input].filter((character) => /\P{Control}/u.test(character));
}
