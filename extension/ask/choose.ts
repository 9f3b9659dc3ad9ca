import {
  type Diagnosed,
  openChoices,
  type Plan,
  type PlanOptions,
  planRepair,
  type Session,
} from '../../shared/index.ts';
import { pick } from '../say/pick.ts';

/**
 * The plan of a flow with what a person picks where they have to; what they leave open stays as it is. Undefined where
 * they turn away.
 */
export async function planWithChoices(
  session: Session,
  facts: Diagnosed['facts'],
  options: PlanOptions,
): Promise<Plan | undefined> {
  const plan = planRepair(session, facts, options);
  const choices: Record<string, string> = {};
  for (const { rule, why, options: offered } of openChoices(plan, session)) {
    const picked = await pick(
      [
        // Who only presses Enter has chosen nothing.
        { label: 'Leave it as it is', detail: '', value: undefined },
        ...offered.map(({ value, about }) => ({ label: value, detail: about, value })),
      ],
      { title: `Flowmend: ${rule}`, placeHolder: why },
    );
    if (!picked) return undefined;
    if (picked.value !== undefined) choices[rule] = picked.value;
  }
  return Object.keys(choices).length === 0 ? plan : planRepair(session, facts, { ...options, choices });
}
