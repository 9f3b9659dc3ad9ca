import type { Rule } from '../rule.ts';
import { approvalPending } from './approval-pending.ts';
import { childStatusShouldWait } from './child-status-should-wait.ts';
import { importUnlinked } from './import-unlinked.ts';
import { mappingsNotAnObject } from './mappings-not-an-object.ts';
import { mappingsOneSided } from './mappings-one-sided.ts';
import { masterStatusOutOfStep } from './master-status-out-of-step.ts';
import { progressOutOfStep } from './progress-out-of-step.ts';

/** Every rule, in the order in which a repair proceeds: statuses first, then links, then the rest. */
export const rules: readonly Rule[] = [
  childStatusShouldWait,
  masterStatusOutOfStep,
  importUnlinked,
  mappingsOneSided,
  mappingsNotAnObject,
  progressOutOfStep,
  approvalPending,
];

const byId = new Map(rules.map((rule) => [rule.id, rule]));

/** A rule by its id; undefined for an id that no rule has. */
export function ruleById(id: string): Rule | undefined {
  return byId.get(id);
}
