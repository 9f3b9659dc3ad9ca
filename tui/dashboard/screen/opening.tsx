import { setTimeout as sleep } from 'node:timers/promises';
import { Box, useApp, useInput, useWindowSize } from 'ink';
import { useEffect, useState } from 'react';
import { isWritable, type Session, span, visible } from '../../../shared/index.ts';
import { keyNames } from '../keys/key-names.ts';
import { type Place, troubleLine } from '../lines/header-lines.ts';
import type { Leaving } from '../loop/use-dashboard.ts';
import { type Trouble, troubleKind, troubleOf } from '../state/trouble.ts';
import { messages } from '../words/messages.ts';
import { Dashboard } from './dashboard.tsx';
import type { DrawnPanel } from './drawn-panel.ts';
import { fitted } from './fit.ts';
import { StyledLine } from './styled-line.tsx';

interface OpeningProps {
  readonly database: string;
  readonly open: (signal: AbortSignal) => Promise<Session>;
  readonly write: boolean;
  readonly kind: Place['kind'];
  readonly drawn: DrawnPanel;
  readonly leaving: Leaving;
}

/** As often as the fleet is read. */
const AGAIN_MS = 2_000;
const QUITS: readonly string[] = ['q', 'escape', 'ctrl-c'];

/** The first frame, which waits for nothing; the dashboard as soon as the database answered, with the keys typed meanwhile. */
export function Opening({ database, open, write, kind, drawn, leaving }: OpeningProps) {
  const { exit } = useApp();
  const { columns } = useWindowSize();
  const [session, setSession] = useState<Session>();
  const [typed] = useState<string[]>([]);
  const [trouble, setTrouble] = useState<Trouble>();
  useEffect(() => {
    const controller = new AbortController();
    const end = () => exit();
    leaving.signal.addEventListener('abort', end);
    opened(open, controller.signal, setTrouble).then(setSession, (thrown: unknown) => {
      if (!controller.signal.aborted) exit(thrown instanceof Error ? thrown : new Error(String(thrown)));
    });
    return () => {
      leaving.signal.removeEventListener('abort', end);
      controller.abort();
    };
  }, [open, exit, leaving]);
  useInput(
    (input, key) => {
      for (const name of keyNames(input, key)) {
        if (QUITS.includes(name)) exit();
        else typed.push(name);
      }
    },
    { isActive: session === undefined },
  );
  if (session) {
    const access = isWritable(session) ? (write ? 'unlocked' : 'locked') : 'read-only';
    return <Dashboard {...{ session, access, kind, drawn, typed, leaving }} />;
  }
  return (
    <Box flexDirection="column" width={columns}>
      <StyledLine line={fitted([span(messages.connecting(visible(database)), 'note')], columns)} />
      {trouble && <StyledLine line={fitted(troubleLine(trouble), columns)} />}
      <StyledLine line={fitted([span(messages.connectingKeys, 'dim')], columns)} />
    </Box>
  );
}

/**
 * Connects; a server that has no connection left is asked again until it has.
 * @throws Failure of the connection; the reason of the signal
 */
async function opened(
  open: OpeningProps['open'],
  signal: AbortSignal,
  onTrouble: (trouble: Trouble) => void,
): Promise<Session> {
  for (;;) {
    try {
      return await open(signal);
    } catch (thrown) {
      const trouble = troubleOf(thrown);
      if (troubleKind(trouble) !== 'full') throw thrown;
      onTrouble(trouble);
      await sleep(AGAIN_MS, undefined, { signal });
    }
  }
}
