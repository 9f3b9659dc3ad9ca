/** The words of the list of keys. */
export const helpMessages = {
  actions: 'do',
  asks: '(asks first)',
  movement: 'move',
  keys: [
    ['j k ↓ ↑', 'down, up'],
    ['^d ^u', 'half a page'],
    ['PgDn PgUp', 'a page'],
    ['g G', 'first, last'],
    ['Enter', 'all about the flow'],
    ['Esc', 'back, stop, clear'],
    ['/', 'a word, or any id'],
    ['q', 'back, then quit'],
    ['^C ^Z', 'quit, suspend'],
  ] as readonly (readonly [string, string])[],
  notes: ['Nothing is written on one key: what asks shows all of it and waits for y.'],
  glyphs: 'read',
};
