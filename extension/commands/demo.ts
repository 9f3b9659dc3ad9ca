import { STUCK_FLOW_ID } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { briefWork } from '../say/brief-work.ts';

/** Opens the demo: an embedded PostgreSQL with the stuck flow, in this window and for as long as it is open. */
export async function demoCommand({ connection, documents }: Face): Promise<void> {
  await briefWork('starting the demo', () => connection.useDemo());
  await documents.show(STUCK_FLOW_ID);
}
