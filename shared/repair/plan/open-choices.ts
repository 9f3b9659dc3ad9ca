import { ruleById } from '../../rules/rule/rule-set.ts';
import type { Session } from '../../session.ts';
import type { LeftOut, Plan } from '../document/plan.ts';

/**
 * What a plan waits for a person to pick. What is no damage, such as an old name that is read as well, is asked of nobody:
 * whoever wants it names it.
 */
export function openChoices({ leftOut }: Plan, { rules }: Session): LeftOut[] {
  return leftOut.filter(({ rule, options }) => options.length > 0 && ruleById(rules, rule)?.severity !== 'info');
}
