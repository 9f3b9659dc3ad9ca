import type { Face } from '../face.ts';

/** Forgets the stored connection, and leaves the demo. */
export async function clearConnectionCommand({ connection }: Face): Promise<void> {
  await connection.clear();
}
