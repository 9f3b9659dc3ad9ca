import type { Rule } from '../rule/rule.ts';
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
import { importNamedOtherwise } from './import-named-otherwise.ts';
import { importNotNamed } from './import-not-named.ts';
import { importUnlinked } from './import-unlinked.ts';
import { importWrongKey } from './import-wrong-key.ts';
import { mappingRowsDiffer } from './mapping-rows-differ.ts';
import { mappingsDiffer } from './mappings-differ.ts';
import { mappingsMissing } from './mappings-missing.ts';
import { mappingsNotAnObject } from './mappings-not-an-object.ts';
import { mappingsOneSided } from './mappings-one-sided.ts';
import { masterMissing } from './master-missing.ts';
import { masterStatusForbidden } from './master-status-forbidden.ts';
import { masterStatusOutOfStep } from './master-status-out-of-step.ts';
import { masterStatusUnknown } from './master-status-unknown.ts';
import { masterWithoutChild } from './master-without-child.ts';
import { phaseAheadOfFlags } from './phase-ahead-of-flags.ts';
import { phaseBehindFlags } from './phase-behind-flags.ts';
import { phaseLegacyName } from './phase-legacy-name.ts';
import { phaseUnknown } from './phase-unknown.ts';
import { progressOutOfStep } from './progress-out-of-step.ts';
import { rawRecordsLinkedElsewhere } from './raw-records-linked-elsewhere.ts';
import { rawRecordsOtherTenant } from './raw-records-other-tenant.ts';
import { rawRecordsUnlinked } from './raw-records-unlinked.ts';
import { recordCountDiffers } from './record-count-differs.ts';
import { retiredImportAlive } from './retired-import-alive.ts';
import { retiredMasterAlive } from './retired-master-alive.ts';
import { severalImports } from './several-imports.ts';
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
  masterWithoutChild,
  masterStatusUnknown,
  masterStatusForbidden,
  masterStatusOutOfStep,
  retiredMasterAlive,
  retiredImportAlive,
  tenantDiffers,
  importUnlinked,
  importWrongKey,
  importLinkedElsewhere,
  severalImports,
  importNamedOtherwise,
  importNotNamed,
  rawRecordsUnlinked,
  rawRecordsLinkedElsewhere,
  rawRecordsOtherTenant,
  recordCountDiffers,
  flagsOutOfOrder,
  phaseUnknown,
  phaseLegacyName,
  phaseBehindFlags,
  phaseAheadOfFlags,
  mappingsOneSided,
  mappingsDiffer,
  mappingsNotAnObject,
  mappingsMissing,
  mappingRowsDiffer,
  progressOutOfStep,
  stalled,
  tooManyRetries,
  approvalPending,
  waitingTooLong,
];
