import { Box } from 'ink';
import { type Line, span } from '../../../shared/index.ts';
import { RULES_START } from '../lines/many-lines.ts';
import { panelTitle } from '../lines/panel-lines.ts';
import type { State } from '../state/state.ts';
import { messages } from '../words/messages.ts';
import { spread, widthOf } from './fit.ts';
import { type Layout, windowTop } from './layout.ts';
import { LinesBox } from './lines-box.tsx';
import { panelRows } from './panel-rows.ts';
import { StyledLine } from './styled-line.tsx';

/** What covers list and detail: a preview, a question, an outcome, the help. Scrolls. */
export function PanelView({ state, layout }: { state: State; layout: Layout }) {
  const { width, panel: height } = layout;
  const rows = panelRows(state, width);
  const top = topOf(state, rows.count, height);
  const place = messages.scrolled(top + 1, Math.min(top + height, rows.count), rows.count);
  const right = rows.count > height ? [span(place, 'note')] : [];
  const whole = [panelTitle(state), ...about(state, WHOLE_ID)];
  const fits = widthOf([...whole, ...right]) < width;
  const title = spread(fits ? whole : [panelTitle(state), ...about(state, SHORT_ID)], right, width);
  return (
    <Box flexDirection="column">
      <StyledLine line={title} />
      <LinesBox lines={rows.view(top, height)} height={height} />
    </Box>
  );
}

/** The first row in view: where it was scrolled to, or so that the row that is chosen is in view. */
function topOf({ panel, help, scroll }: State, count: number, height: number): number {
  if (panel?.kind === 'rules' && !help) return windowTop(panel.index + RULES_START, count, height);
  return Math.max(0, Math.min(scroll, count - height));
}

const WHOLE_ID = 36;
/** As in the list. */
const SHORT_ID = 8;

/** Which flow it is about, by so many letters of its id. To unlock is about none. */
function about({ panel, help }: State, letters: number): Line {
  if (help || panel === undefined || (panel.kind === 'question' && panel.question.kind === 'unlock')) return [];
  return [span(`  ${panel.flowId.slice(0, letters)}`, 'dim')];
}
