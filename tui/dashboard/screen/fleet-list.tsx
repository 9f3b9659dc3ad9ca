import { Box } from 'ink';
import { span } from '../../../shared/index.ts';
import { fleetLine, unlistedLine } from '../lines/fleet-lines.ts';
import { listedFlows, notLookedAt, type State, selectedIndex } from '../state/state.ts';
import { messages } from '../words/messages.ts';
import { cell, fitted, widthOf } from './fit.ts';
import { type Layout, windowTop } from './layout.ts';
import { StyledLine } from './styled-line.tsx';

/** The flows, worst first, and below them how many are not listed. Only the rows that are in view are made. */
export function FleetList({ state, layout }: { state: State; layout: Layout }) {
  const { width } = layout;
  const left = notLookedAt(state);
  const list = left > 0 ? layout.list - 1 : layout.list;
  const flows = listedFlows(state);
  const index = selectedIndex(state);
  const top = windowTop(index, flows.length, list);
  return (
    <Box flexDirection="column" height={layout.list} overflow="hidden">
      {flows.slice(top, top + list).map((flow, row) => {
        const chosen = top + row === index;
        const line =
          flow === state.unlisted?.flow
            ? unlistedLine(flow, state.now, width)
            : fleetLine(flow, state.now, width, chosen);
        const padding = chosen ? [cell('', width - widthOf(line))] : [];
        return <StyledLine key={flow.flowId} line={[...line, ...padding]} inverse={chosen} />;
      })}
      {flows.length === 0 && state.scan ? <StyledLine line={fitted([span(empty(state), 'dim')], width)} /> : null}
      {left > 0 ? <StyledLine line={fitted([span(rest(state, left), 'warn')], width)} /> : null}
    </Box>
  );
}

function empty({ filter }: State): string {
  return filter === '' ? messages.noFlows : messages.noMatch;
}

/** Of a list with a filter: what it did not look at. */
function rest({ scan, filter }: State, left: number): string {
  const listed = scan?.flows.length ?? 0;
  return filter === '' ? messages.more(listed, listed + left) : messages.onlyListed(listed, left);
}
