import { Text, useAnimation } from 'ink';
import { actions, type Line, span, visible } from '../../../shared/index.ts';
import type { Answer, Running, State } from '../state/state.ts';
import { messages } from '../words/messages.ts';
import { fitted } from './fit.ts';
import { lookOf } from './palette.ts';
import { StyledLine } from './styled-line.tsx';

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** What is going on right now, or the last thing that did. */
export function StatusLine({ state, width }: { state: State; width: number }) {
  const { running, notice, answer, panel } = state;
  const paused = panel?.kind === 'mending' && panel.mending.wish === 'pause';
  if (notice) return <StyledLine line={fitted([span(notice.text, notice.tone)], width)} />;
  if (answer) return <StyledLine line={fitted(promptLine(answer), width)} />;
  return running && !paused ? <Working running={running} /> : <StyledLine line={[]} />;
}

function promptLine({ asked, text }: Answer): Line {
  return [span(messages.prompts[asked], 'note'), span(`${visible(text)}▏`)];
}

function Working({ running: { action, stage, words } }: { running: Running }) {
  const { frame } = useAnimation({ interval: 120 });
  return (
    <Text {...lookOf('note')} wrap="truncate-end">
      {`${FRAMES[frame % FRAMES.length]} ${actions[action].word}: ${words ?? messages.stages[stage]}…`}
    </Text>
  );
}
