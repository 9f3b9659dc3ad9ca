import { actionList, type Line, severityMarks, span } from '../../../shared/index.ts';
import { cell } from '../fit.ts';
import { messages } from '../messages.ts';
import { phaseGlyphs } from './detail-lines.ts';

const KEYS = 25;

/** Every key: the actions from their one table, then how to move. */
export function helpLines(): Line[] {
  const { help } = messages;
  return [
    [span(help.actions, 'title')],
    ...actionList.flatMap(({ key, title, writes }): Line[] =>
      key === null ? [] : [[cell(`  ${key}`, KEYS, 'note'), cell(title, 30), span(help.writes[writes], 'warn')]],
    ),
    [span(help.movement, 'title')],
    ...help.keys.map(([keys, what]): Line => [cell(`  ${keys}`, KEYS, 'note'), span(what)]),
    [span(help.glyphs, 'title')],
    [span('  '), ...Object.values(severityMarks).map(({ glyph, word, tone }) => span(`${glyph} ${word}   `, tone))],
    [span('  '), ...phaseGlyphs()],
  ];
}
