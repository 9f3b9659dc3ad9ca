import type { FlowModel } from '../flow/model.ts';
import type { FlowFacts, ImportFacts } from '../rules/facts/flow-facts.ts';
import { decisiveImport } from '../rules/facts/import-candidates.ts';

/** What the platform's resume endpoints look at. */
export interface FlowState {
  readonly status: string;
  /** current_phase as stored: the endpoints compare it literally. */
  readonly phaseStored: string | null;
  readonly phasesComplete: readonly string[];
  readonly childMappings: number;
  /** Null where there is no master record. */
  readonly masterStatus: string | null;
  readonly masterMentionsMapping: boolean;
  readonly importLinked: boolean;
  readonly rawRecords: number;
}

/** The flow as it stands. */
export function stateNow({ row, mentions_mapping, imports }: FlowFacts): FlowState {
  return {
    status: row.status,
    phaseStored: row.phase_stored,
    phasesComplete: row.phases_complete,
    childMappings: row.child_mappings ?? 0,
    masterStatus: row.master_status,
    masterMentionsMapping: mentions_mapping,
    importLinked: row.import_linked,
    rawRecords: imports.filter((one) => one.linked).reduce((sum, one) => sum + (one.raw_records ?? 0), 0),
  };
}

/** The flow as it will stand once its repair plan is applied. */
export function stateAfterRepair(facts: FlowFacts, model: FlowModel): FlowState {
  const now = stateNow(facts);
  const { row } = facts;
  const willBeLinked = importToLink(facts, model);
  const mappingsCopied = facts.rules.includes('mappings-one-sided');
  return {
    ...now,
    status: row.status_wanted,
    phaseStored: facts.rules.includes('phase-behind-flags') ? row.phase_open : now.phaseStored,
    childMappings: mappingsCopied ? Math.max(now.childMappings, row.master_mappings ?? 0) : now.childMappings,
    masterStatus: row.master_id === null ? null : row.master_status_wanted,
    masterMentionsMapping: now.masterMentionsMapping || mappingsCopied,
    importLinked: now.importLinked || willBeLinked !== undefined,
    rawRecords: willBeLinked ? (willBeLinked.raw_records ?? 0) : now.rawRecords,
  };
}

/** The import that the repair links; undefined where it links none. */
function importToLink(facts: FlowFacts, model: FlowModel): ImportFacts | undefined {
  const { rules, row, imports } = facts;
  if (rules.includes('import-unlinked')) return decisiveImport(facts, model);
  return rules.includes('import-wrong-key') ? imports.find((one) => one.id === row.import_pointed) : undefined;
}
