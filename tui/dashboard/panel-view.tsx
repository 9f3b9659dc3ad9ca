import { Box } from 'ink';
import { span } from '../../shared/index.ts';
import { spread } from './fit.ts';
import type { Layout } from './layout.ts';
import { panelLines, panelTitle } from './lines/panel-lines.ts';
import { LinesBox } from './lines-box.tsx';
import { messages } from './messages.ts';
import type { State } from './state.ts';
import { StyledLine } from './styled-line.tsx';

/** What covers list and detail: a preview, a question, an outcome, the help. Scrolls. */
export function PanelView({ state, layout }: { state: State; layout: Layout }) {
  const { width, panel: height } = layout;
  const lines = panelLines(state, width);
  const top = Math.max(0, Math.min(state.scroll, lines.length - height));
  const place = messages.scrolled(top + 1, Math.min(top + height, lines.length), lines.length);
  const about = state.help || !state.panel ? [] : [span(`  ${state.panel.flowId}`, 'dim')];
  const title = spread([panelTitle(state), ...about], lines.length > height ? [span(place, 'note')] : [], width);
  return (
    <Box flexDirection="column">
      <StyledLine line={title} />
      <LinesBox lines={lines.slice(top)} height={height} />
    </Box>
  );
}
