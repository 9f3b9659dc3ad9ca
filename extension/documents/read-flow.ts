import { type Diagnosed, diagnose, sessionOfFlow } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { longWork } from '../say/long-work.ts';

/**
 * Diagnoses a flow for a command.
 * @param flow its id, or a prefix that only it has
 * @throws Failure of `diagnose`; `cancelled` where the person cancelled it
 */
export async function readFlow({ connection }: Face, flow: string): Promise<Diagnosed> {
  return longWork(`reading flow ${flow}`, await connection.session(), async (session) =>
    diagnose(await sessionOfFlow(session, flow), flow),
  );
}
