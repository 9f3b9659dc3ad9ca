import { render } from 'ink';
import { actions, type Session } from '../../shared/index.ts';
import { type EndSignal, exitCodeOfSignal, takeSignals } from '../run/interrupt.ts';
import type { Leaving } from './loop/use-dashboard.ts';
import { drawnPanel } from './screen/drawn-panel.ts';
import { Opening } from './screen/opening.tsx';
import type { Written } from './state/written.ts';
import { messages } from './words/messages.ts';

export interface DashboardOptions {
  /** Which database it will be, for people. */
  readonly database: string;
  /** Connects; the first frame does not wait for it. */
  readonly open: (signal: AbortSignal) => Promise<Session>;
  /** It may write at once; otherwise it asks before the first write. */
  readonly write: boolean;
  readonly kind: 'demo' | 'connection';
}

/**
 * Opens the dashboard on the alternate screen until the person quits, and leaves on the terminal what was written.
 * @returns the exit code
 * @throws Failure of the connection
 */
export async function openDashboard({ database, open, write, kind }: DashboardOptions): Promise<number> {
  const panel = drawnPanel();
  const ends = new AbortController();
  const written = new Map<string, Written>();
  const leaving: Leaving = { signal: ends.signal, wrote: (one) => written.set(one.id, one), writing: undefined };
  let ended: EndSignal | undefined;
  const giveBack = takeSignals((signal) => {
    ended = signal;
    ends.abort();
  });
  const app = render(<Opening {...{ database, open, write, kind, leaving }} drawn={panel} />, {
    onRender: panel.drawn,
    alternateScreen: true,
    incrementalRendering: true,
    // Ctrl-C goes the same way as q, which asks twice in the middle of a write.
    exitOnCtrlC: false,
    // The caller made sure of a terminal; a CI variable in the environment says nothing about it.
    interactive: true,
  });
  try {
    await app.waitUntilExit();
  } finally {
    giveBack();
  }
  const farewell = farewellLines([...written.values()], leaving);
  if (farewell.length > 0) process.stdout.write(`${farewell.join('\n')}\n`);
  return ended === undefined ? 0 : exitCodeOfSignal(ended);
}

function farewellLines(written: readonly Written[], { writing }: Leaving): readonly string[] {
  return [
    ...(written.length > 0
      ? [messages.writtenHere, ...written.map(({ what, id }) => messages.takeBack[what](id))]
      : []),
    ...(writing ? [messages.leftWriting(actions[writing].word)] : []),
  ];
}
