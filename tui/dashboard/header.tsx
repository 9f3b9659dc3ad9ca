import { Box } from 'ink';
import type { Layout } from './layout.ts';
import { headerLine, underHeaderLine } from './lines/header-lines.ts';
import { listedFlows, type State, selectedIndex } from './state.ts';
import { StyledLine } from './styled-line.tsx';

interface HeaderProps {
  readonly state: State;
  readonly layout: Layout;
  readonly database: string;
  /** The name of a production connection. */
  readonly production: string | undefined;
  /** What is to be said of the configuration. */
  readonly configured: readonly string[];
}

/** Which database, its totals, how fresh they are; under it what keeps them from being fresh, or the filter. */
export function Header({ state, layout, database, production, configured }: HeaderProps) {
  const { width } = layout;
  return (
    <Box flexDirection="column">
      <StyledLine line={headerLine(state, database, width, production)} />
      <StyledLine line={underHeaderLine(state, listedFlows(state).length, selectedIndex(state), width, configured)} />
    </Box>
  );
}
