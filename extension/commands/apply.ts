import { planWithChoices } from '../ask/choose.ts';
import { writeSession } from '../connection/write-session.ts';
import { readFlow } from '../documents/read-flow.ts';
import type { Face } from '../face.ts';
import { writePlan } from '../mending/write-plan.ts';
import { inform } from '../say/notify.ts';
import { flowOf } from '../target.ts';

/**
 * Mends a flow: all that can be mended, or the findings of the rules given. What only a person can decide is picked
 * first; preview and question follow.
 */
export async function applyCommand(face: Face, target?: unknown, rules?: unknown): Promise<void> {
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const only = Array.isArray(rules) ? { rules: rules.map(String) } : {};
  for (;;) {
    const { facts, diagnosis } = await readFlow(face, typed);
    const plan = await planWithChoices(await writeSession(face.connection, diagnosis.flowId), facts, only);
    if (!plan) return;
    if (plan.steps.every((step) => step.writes.length === 0)) {
      void inform('there is nothing to mend in this flow.');
      return;
    }
    if ((await writePlan(face, plan, `Mend flow ${diagnosis.flowId.slice(0, 8)}`)) !== 'again') return;
  }
}
