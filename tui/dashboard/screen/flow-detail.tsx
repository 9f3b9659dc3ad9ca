import { Box } from 'ink';
import { detailLines, detailTitle } from '../lines/detail-lines.ts';
import type { State } from '../state/state.ts';
import type { Layout } from './layout.ts';
import { LinesBox } from './lines-box.tsx';
import { StyledLine } from './styled-line.tsx';

/** Under the list: why the chosen flow is as it is, and what to do about it. */
export function FlowDetail({ state, layout }: { state: State; layout: Layout }) {
  const { width, detail } = layout;
  return (
    <Box flexDirection="column">
      <StyledLine line={detailTitle(state, width)} />
      <LinesBox lines={detailLines(state, width, detail)} height={detail} />
    </Box>
  );
}
