const CLOSES: ReadonlyMap<string, string> = new Map([
  ['{', '}'],
  ['[', ']'],
]);

/**
 * A JSON text that was cut, closed where its whole part ends, so that it can be read by its keys. A text value keeps what is
 * left of it; a key or a number without its end is left out.
 * @returns undefined where nothing is open at the end of the text
 */
export function closedJson(text: string): string | undefined {
  const open: string[] = [];
  /** Up to where every value is whole, and the mark that was read last. */
  let whole = 0;
  let before = ':';
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (mark === '"') {
      const { end, isWhole } = stringFrom(text, at);
      const isKey = before === '{' || (before === ',' && open.at(-1) === '}');
      if (!isWhole && !isKey) return `${text.slice(0, end)}"${closing(open)}`;
      at = end - 1;
    } else if (CLOSES.has(mark)) {
      open.push(CLOSES.get(mark) ?? '');
      whole = at + 1;
      before = mark;
    } else if (mark === '}' || mark === ']') {
      open.pop();
      whole = at + 1;
      before = mark;
    } else if (mark === ',') {
      whole = at;
      before = mark;
    } else if (mark === ':') {
      before = mark;
    }
  }
  return open.length > 0 ? `${text.slice(0, whole)}${closing(open)}` : undefined;
}

function closing(open: readonly string[]): string {
  return open.toReversed().join('');
}

/** Where a string ends behind its quote; of one that was cut, where its last whole character does. */
function stringFrom(text: string, start: number): { end: number; isWhole: boolean } {
  let at = start + 1;
  while (at < text.length) {
    if (text[at] === '"') return { end: at + 1, isWhole: true };
    const length = text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
    if (at + length > text.length) break;
    at += length;
  }
  return { end: at, isWhole: false };
}
