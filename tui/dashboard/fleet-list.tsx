import { Box } from 'ink';
import { span } from '../../shared/index.ts';
import { cell, fitted, widthOf } from './fit.ts';
import { type Layout, windowTop } from './layout.ts';
import { fleetLine } from './lines/fleet-lines.ts';
import { messages } from './messages.ts';
import { listedFlows, type State, selectedIndex } from './state.ts';
import { StyledLine } from './styled-line.tsx';

/** The flows, worst first. Only the rows that are in view are made. */
export function FleetList({ state, layout }: { state: State; layout: Layout }) {
  const { list, width } = layout;
  const flows = listedFlows(state);
  const index = selectedIndex(state);
  const top = windowTop(index, flows.length, list);
  return (
    <Box flexDirection="column" height={list} overflow="hidden">
      {flows.slice(top, top + list).map((flow, row) => {
        const chosen = top + row === index;
        const line = fleetLine(flow, state.now, width, chosen);
        const padding = chosen ? [cell('', width - widthOf(line))] : [];
        return <StyledLine key={flow.flowId} line={[...line, ...padding]} inverse={chosen} />;
      })}
      {flows.length === 0 && state.scan ? <StyledLine line={fitted([span(empty(state), 'dim')], width)} /> : null}
    </Box>
  );
}

function empty({ filter }: State): string {
  return filter === '' ? messages.noFlows : messages.noMatch(filter);
}
