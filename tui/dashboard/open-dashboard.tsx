import { render } from 'ink';
import type { Session } from '../../shared/index.ts';
import { Dashboard } from './dashboard.tsx';

/**
 * Opens the dashboard on the alternate screen until the person quits.
 * @returns the exit code
 */
export async function openDashboard({ session }: { session: Session }): Promise<number> {
  const app = render(<Dashboard session={session} />, {
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
