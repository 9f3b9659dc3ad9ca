import { actionList, type Line, severityMarks, span } from '../../../shared/index.ts';
import { cell } from '../screen/fit.ts';
import { messages } from '../words/messages.ts';
import { phaseGlyphs } from './detail-lines.ts';

const LEFT = 51;
const KEY = 10;
const GLYPHS = 6;

/** Wide enough for the longest line of both columns. */
const BESIDE = 79;

/** Every key: the actions from their one table, and how to move beside them, or below where it is narrow. */
export function helpLines(width: number): Line[] {
  const { help } = messages;
  const left = actionList.flatMap(({ key, title, writes }): Line[] => {
    const asks = writes === 'nothing' ? '' : ` ${help.asks}`;
    return key === null ? [] : [[cell(` ${key}`, 3, 'note'), cell(title + asks, LEFT - 3)]];
  });
  const right = help.keys.map(([keys, what]): Line => [cell(keys, KEY, 'note'), span(what)]);
  const does: Line[] = [[cell(help.actions, LEFT, 'title')], ...left];
  const moves: Line[] = [[span(help.movement, 'title')], ...right];
  return [
    ...(width < BESIDE ? [...does, [], ...moves] : sideBySide(does, moves)),
    [],
    [
      cell(help.glyphs, GLYPHS, 'title'),
      ...Object.values(severityMarks).map(({ glyph, word, tone }) => span(`${glyph} ${word}   `, tone)),
    ],
    ...phaseGlyphs().map((line): Line => [cell('', 1), ...line]),
    ...help.notes.map((note): Line => [span(note, 'dim')]),
  ];
}

function sideBySide(left: readonly Line[], right: readonly Line[]): Line[] {
  return Array.from(
    { length: Math.max(left.length, right.length) },
    (_, row): Line => [...(left[row] ?? [cell('', LEFT)]), ...(right[row] ?? [])],
  );
}
