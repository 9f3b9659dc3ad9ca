import { locate, locationsText, plain } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { briefWork } from '../say/brief-work.ts';
import { flowOf } from '../target.ts';

/** Shows every table and column of the database that holds a flow's id. */
export async function locateCommand(face: Face, target?: unknown): Promise<void> {
  const { connection, previews } = face;
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const session = await connection.session(typed);
  const locations = await briefWork('looking into every table', () => locate(session, typed));
  await previews.show(plain(locationsText(locations)), `where-${locations.flowId.slice(0, 8)}.txt`);
}
