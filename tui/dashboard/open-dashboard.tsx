import { render } from 'ink';
import { isWritable, type Session } from '../../shared/index.ts';
import { Dashboard } from './dashboard.tsx';
import { drawnPanel } from './drawn-panel.ts';

export interface DashboardOptions {
  readonly session: Session;
  /** It may write at once; otherwise it asks before the first write. */
  readonly write: boolean;
  readonly kind: 'demo' | 'connection';
}

/**
 * Opens the dashboard on the alternate screen until the person quits.
 * @returns the exit code
 */
export async function openDashboard({ session, write, kind }: DashboardOptions): Promise<number> {
  const access = isWritable(session) ? (write ? 'unlocked' : 'locked') : 'read-only';
  const panel = drawnPanel();
  const app = render(<Dashboard session={session} access={access} kind={kind} drawn={panel} />, {
    onRender: panel.drawn,
    alternateScreen: true,
    incrementalRendering: true,
    // Ctrl-C goes the same way as q, which asks twice in the middle of a write.
    exitOnCtrlC: false,
    // The caller made sure of a terminal; a CI variable in the environment says nothing about it.
    interactive: true,
  });
  await app.waitUntilExit();
  return 0;
}
