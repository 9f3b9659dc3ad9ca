import type { Face } from '../face.ts';

/** Closes the demo: the window is connected again to what it was before. */
export async function leaveDemoCommand({ connection }: Face): Promise<void> {
  await connection.leaveDemo();
}
