import { Box, useApp, useInput, useWindowSize } from 'ink';
import { useEffect, useState } from 'react';
import { isWritable, type Session, span, visible } from '../../shared/index.ts';
import { Dashboard } from './dashboard.tsx';
import type { DrawnPanel } from './drawn-panel.ts';
import { fitted } from './fit.ts';
import { keyNames } from './key-names.ts';
import type { Place } from './lines/header-lines.ts';
import { messages } from './messages.ts';
import { StyledLine } from './styled-line.tsx';
import type { Leaving } from './use-dashboard.ts';

interface OpeningProps {
  readonly database: string;
  readonly open: (signal: AbortSignal) => Promise<Session>;
  readonly write: boolean;
  readonly kind: Place['kind'];
  readonly drawn: DrawnPanel;
  readonly leaving: Leaving;
}

const QUITS: readonly string[] = ['q', 'escape', 'ctrl-c'];

/** The first frame, which waits for nothing; the dashboard as soon as the database answered, with the keys typed meanwhile. */
export function Opening({ database, open, write, kind, drawn, leaving }: OpeningProps) {
  const { exit } = useApp();
  const { columns } = useWindowSize();
  const [session, setSession] = useState<Session>();
  const [typed] = useState<string[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    const end = () => exit();
    leaving.signal.addEventListener('abort', end);
    open(controller.signal).then(setSession, (thrown: unknown) => {
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
      <StyledLine line={fitted([span(messages.connectingKeys, 'dim')], columns)} />
    </Box>
  );
}
