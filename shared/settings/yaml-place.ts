import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Scalar } from 'yaml';
import type { Path } from './configuration.ts';

export interface Places {
  /** `file:line:column` of a character of the text. */
  at(offset: number): string;
  /** Of the value at a path, as far as the path leads; or of a character (from 0) inside the string that stands there. */
  of(path: Path, character?: number): string;
}

/** Where the parts of a YAML text stand: lines and columns from 1, as editors count them. */
export function placesIn(document: Document, text: string, lines: LineCounter, name: string): Places {
  const at = (offset: number) => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    return `${name}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  return {
    at,
    of(path, character) {
      const { start, node } = find(document, path);
      return at(character === undefined || !isScalar(node) ? start : offsetInside(node, text, character));
    },
  };
}

/** The node at the end of the path, and where its key or its item begins. */
function find(document: Document, path: Path): { start: number; node: unknown } {
  let node: unknown = document.contents;
  let start = 0;
  for (const part of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (!pair) break;
      start = startOf(pair.key);
      node = pair.value;
    } else if (isSeq(parent) && parent.items[Number(part)]) {
      node = parent.items[Number(part)];
      start = startOf(node);
    } else break;
  }
  return { start, node };
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

/**
 * Folding and indenting change only the white space of a string, so its n-th visible character is the n-th one of the
 * text too; escapes inside quotes shift it by as many characters as they have.
 */
function offsetInside(node: Scalar, text: string, character: number): number {
  let visible = String(node.value).slice(0, character).replaceAll(/\s/g, '').length;
  const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  const quoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE';
  const start = startOf(node);
  const end = node.range?.[1] ?? text.length;
  let offset = block ? text.indexOf('\n', start) + 1 : quoted ? start + 1 : start;
  while (offset < end && (visible > 0 || /\s/.test(text[offset] ?? ''))) {
    if (!/\s/.test(text[offset] ?? '')) visible--;
    offset++;
  }
  return Math.min(offset, end);
}
