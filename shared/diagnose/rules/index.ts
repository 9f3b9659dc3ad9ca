import type { Rule } from '../rule.ts';
import { allPhasesComplete } from './all-phases-complete.ts';
import { approvalPending } from './approval-pending.ts';
import { childStatusShouldWait } from './child-status-should-wait.ts';
import { childStatusUnknown } from './child-status-unknown.ts';
import { completedAtMissing } from './completed-at-missing.ts';
import { completedWithOpenPhases } from './completed-with-open-phases.ts';
import { errorOnWorkingFlow } from './error-on-working-flow.ts';
import { failureWithoutError } from './failure-without-error.ts';
import { flagsOutOfOrder } from './flags-out-of-order.ts';
import { importLinkedElsewhere } from './import-linked-elsewhere.ts';
import { importUnlinked } from './import-unlinked.ts';
import { importWrongKey } from './import-wrong-key.ts';
import { mappingsDiffer } from './mappings-differ.ts';
import { mappingsMissing } from './mappings-missing.ts';
import { mappingsNotAnObject } from './mappings-not-an-object.ts';
import { mappingsOneSided } from './mappings-one-sided.ts';
import { masterMissing } from './master-missing.ts';
import { masterStatusOutOfStep } from './master-status-out-of-step.ts';
import { phaseAheadOfFlags } from './phase-ahead-of-flags.ts';
import { phaseBehindFlags } from './phase-behind-flags.ts';
import { phaseUnknown } from './phase-unknown.ts';
import { progressOutOfStep } from './progress-out-of-step.ts';
import { stalled } from './stalled.ts';
import { tenantDiffers } from './tenant-differs.ts';
import { tooManyRetries } from './too-many-retries.ts';
import { waitingTooLong } from './waiting-too-long.ts';

/** Every rule, in the order in which a repair proceeds: statuses first, then links, then the rest. */
export const rules: readonly Rule[] = [
  childStatusShouldWait,
  childStatusUnknown,
  allPhasesComplete,
  completedWithOpenPhases,
  completedAtMissing,
  failureWithoutError,
  errorOnWorkingFlow,
  masterMissing,
  masterStatusOutOfStep,
  tenantDiffers,
  importUnlinked,
  importWrongKey,
  importLinkedElsewhere,
  flagsOutOfOrder,
  phaseUnknown,
  phaseBehindFlags,
  phaseAheadOfFlags,
  mappingsOneSided,
  mappingsDiffer,
  mappingsNotAnObject,
  mappingsMissing,
  progressOutOfStep,
  stalled,
  tooManyRetries,
  approvalPending,
  waitingTooLong,
];

const byId = new Map(rules.map((rule) => [rule.id, rule]));

/** A rule by its id; undefined for an id that no rule has. */
export function ruleById(id: string): Rule | undefined {
  return byId.get(id);
}
