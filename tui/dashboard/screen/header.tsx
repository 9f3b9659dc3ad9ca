import { Box } from 'ink';
import { headerLine, type Place, underHeaderLine } from '../lines/header-lines.ts';
import { listedFlows, type State, selectedIndex } from '../state/state.ts';
import type { Layout } from './layout.ts';
import { StyledLine } from './styled-line.tsx';

interface HeaderProps {
  readonly state: State;
  readonly layout: Layout;
  readonly place: Place;
  /** What is to be said of the configuration. */
  readonly configured: readonly string[];
}

/**
 * Which database, its totals, how fresh they are; under it what keeps them from being fresh, or the filter. The demo's is a
 * bar in the colour of nothing else.
 */
export function Header({ state, layout, place, configured }: HeaderProps) {
  const { width } = layout;
  return (
    <Box flexDirection="column">
      <StyledLine line={headerLine(state, place, width)} inverse={place.kind === 'demo'} />
      <StyledLine line={underHeaderLine(state, listedFlows(state).length, selectedIndex(state), width, configured)} />
    </Box>
  );
}
