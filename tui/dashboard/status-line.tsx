import { Text, useAnimation } from 'ink';
import { actions, span } from '../../shared/index.ts';
import { fitted } from './fit.ts';
import { messages } from './messages.ts';
import { lookOf } from './palette.ts';
import type { Running, State } from './state.ts';
import { StyledLine } from './styled-line.tsx';

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** What is going on right now, or the last thing that did. */
export function StatusLine({ state, width }: { state: State; width: number }) {
  const { running, notice } = state;
  if (notice) return <StyledLine line={fitted([span(notice.text, notice.tone)], width)} />;
  return running ? <Working running={running} /> : <StyledLine line={[]} />;
}

function Working({ running: { action, stage } }: { running: Running }) {
  const { frame } = useAnimation({ interval: 120 });
  return (
    <Text {...lookOf('note')} wrap="truncate-end">
      {`${FRAMES[frame % FRAMES.length]} ${actions[action].word}: ${messages.stages[stage]}…`}
    </Text>
  );
}
