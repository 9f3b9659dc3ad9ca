import { Failure, isWritable, type WriteSession } from '../shared/index.ts';
import type { Connection } from './connection.ts';

/**
 * The session of this window for what writes.
 * @throws Failure `read-only`, with what to do about it in this face
 */
export async function writeSession(connection: Connection, flow?: string): Promise<WriteSession> {
  const session = await connection.session(flow);
  if (isWritable(session)) return session;
  throw new Failure('read-only', 'This connection is read-only: nothing is written and nothing is sent.', {
    next: 'Where writing is meant, mark it otherwise by "Flowmend: Set Connection", or start VS Code without FLOWMEND_READ_ONLY.',
  });
}
