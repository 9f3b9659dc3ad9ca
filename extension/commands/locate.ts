import { locate, locationsText, plain, sessionOfFlow } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { longWork } from '../say/long-work.ts';
import { flowOf } from '../target.ts';

/** Shows every table and column of the database that holds a flow's id. */
export async function locateCommand(face: Face, target?: unknown): Promise<void> {
  const { connection, previews } = face;
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const locations = await longWork('looking into every table', await connection.session(), async (session) =>
    locate(await sessionOfFlow(session, typed), typed),
  );
  await previews.show(plain(locationsText(locations)), `where-${locations.flowId.slice(0, 8)}.txt`);
}
