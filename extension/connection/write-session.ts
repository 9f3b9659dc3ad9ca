import { type WriteSession, writable } from '../../shared/index.ts';
import type { Connection } from './connection.ts';

/**
 * The session of this window for what writes.
 * @throws Failure `read-only`
 */
export async function writeSession(connection: Connection, flow?: string): Promise<WriteSession> {
  return writable(await connection.session(flow));
}
