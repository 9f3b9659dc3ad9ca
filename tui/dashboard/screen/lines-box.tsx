import { Box } from 'ink';
import type { Line } from '../../../shared/index.ts';
import { StyledLine } from './styled-line.tsx';

/** Lines in a box of exactly `height` rows; what does not fit is not drawn. */
export function LinesBox({ lines, height }: { lines: readonly Line[]; height: number }) {
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      {lines.slice(0, height).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <StyledLine key={index} line={line} />
      ))}
    </Box>
  );
}
