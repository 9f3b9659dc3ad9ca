import { Box } from 'ink';
import { span } from '../../shared/index.ts';
import { spread } from './fit.ts';
import { type Layout, windowTop } from './layout.ts';
import { RULES_START } from './lines/many-lines.ts';
import { panelTitle } from './lines/panel-lines.ts';
import { LinesBox } from './lines-box.tsx';
import { messages } from './messages.ts';
import { panelRows } from './panel-rows.ts';
import type { State } from './state.ts';
import { StyledLine } from './styled-line.tsx';

/** What covers list and detail: a preview, a question, an outcome, the help. Scrolls. */
export function PanelView({ state, layout }: { state: State; layout: Layout }) {
  const { width, panel: height } = layout;
  const rows = panelRows(state, width);
  const top = topOf(state, rows.count, height);
  const place = messages.scrolled(top + 1, Math.min(top + height, rows.count), rows.count);
  const about = aboutFlow(state) ? [span(`  ${state.panel?.flowId}`, 'dim')] : [];
  const title = spread([panelTitle(state), ...about], rows.count > height ? [span(place, 'note')] : [], width);
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

/** To unlock is about no flow. */
function aboutFlow({ panel, help }: State): boolean {
  return !help && panel !== undefined && !(panel.kind === 'question' && panel.question.kind === 'unlock');
}
