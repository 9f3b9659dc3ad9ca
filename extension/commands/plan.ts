import { jsonText, planRepair } from '../../shared/index.ts';
import { readFlow } from '../documents/read-flow.ts';
import type { Face } from '../face.ts';
import { flowOf } from '../target.ts';

/** Opens the repair plan of a flow as JSON: saved, it can be reviewed and applied with `flowmend apply`. */
export async function planCommand(face: Face, target?: unknown): Promise<void> {
  const { connection, previews } = face;
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const { facts, diagnosis } = await readFlow(face, typed);
  const plan = planRepair(await connection.session(diagnosis.flowId), facts);
  await previews.show(`${jsonText('plan', plan)}\n`, `plan-${diagnosis.flowId.slice(0, 8)}.json`);
}
