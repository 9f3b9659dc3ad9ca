import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { approvalPhase, type FlowModel, type Phase } from '../../flow/model.ts';
import { failureOfFlow } from '../../rules/facts/failure-of-flow.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import { lacking, suppliedNow } from '../../rules/facts/lacking.ts';
import { mappingRowsOnly, rowsOffered, rowsWhose } from '../../rules/facts/mappings-stored.ts';
import { counted } from '../../words/counted.ts';

/** The field's words for how far a phase is, told from its flag and from the data that it leaves behind. */
export const PhaseState = z.enum([
  'COMPLETE',
  'COMPLETE_APPROVED',
  'PARTIAL_APPROVED',
  'COMPLETE_UNAPPROVED',
  'GENERATED_NOT_SAVED',
  'READY_TO_START',
  'BLOCKED',
  'NOT_STARTED',
]);
export type PhaseState = z.infer<typeof PhaseState>;

export const PhaseStanding = z.object({
  phase: z.string(),
  title: z.string(),
  flag: z.string(),
  state: PhaseState,
  /** The flow stands in it, and is working or waiting. */
  current: z.boolean(),
  /** One line: the evidence. */
  why: z.string(),
});
export type PhaseStanding = z.infer<typeof PhaseStanding>;

type Told = Pick<PhaseStanding, 'state' | 'why'>;

/** Every phase of the flow in order, as persisted and processed data tell it. */
export function phasesOf(facts: FlowFacts, model: FlowModel, catalog: Catalog): PhaseStanding[] {
  const { row } = facts;
  const lives = model.statuses.working.includes(row.status) || model.statuses.waiting.includes(row.status);
  return model.phases.map((phase) => ({
    phase: phase.name,
    title: phase.title,
    flag: phase.flag,
    current: lives && phase.name === row.phase && !row.phases_complete.includes(phase.name),
    ...toldOf(phase, facts, model, catalog),
  }));
}

function toldOf(phase: Phase, facts: FlowFacts, model: FlowModel, catalog: Catalog): Told {
  const { row } = facts;
  if (row.childless) return { state: 'NOT_STARTED', why: 'there is no child record' };
  const complete = row.phases_complete.includes(phase.name);
  const ofResult = phase === approvalPhase(model) ? resultToApprove(phase, complete, facts, model) : undefined;
  if (ofResult) return ofResult;
  if (complete) return { state: 'COMPLETE', why: `${phase.flag} is true` };
  if (phase.name !== row.phase_open) return { state: 'NOT_STARTED', why: `${row.phase_open} comes first` };
  if (model.statuses.retired.includes(row.status)) return { state: 'NOT_STARTED', why: `the flow is ${row.status}` };
  const lacks = failureOfFlow(facts, model, catalog) ?? lacking(phase, suppliedNow(facts), model, catalog);
  if (lacks) return { state: 'BLOCKED', why: lacks };
  const before = model.phases[model.phases.indexOf(phase) - 1];
  return {
    state: 'READY_TO_START',
    why: before ? `${before.name} is complete and what it needs is there` : 'what it needs is there',
  };
}

/** How far the phase is whose result a person approves; undefined where it has no result yet. */
function resultToApprove(phase: Phase, complete: boolean, facts: FlowFacts, model: FlowModel): Told | undefined {
  const { row, mappingRows } = facts;
  const rows = rowsToApprove(facts, model);
  const ofRows =
    rows.open + rows.approved === 0 ? '' : `; ${rows.approved} of ${rows.open + rows.approved} rows approved`;
  if (complete) {
    const some = row.child_has_mappings || row.master_has_mappings || rows.approved > 0;
    return some
      ? { state: 'COMPLETE_APPROVED', why: `${phase.flag} is true${ofRows}` }
      : { state: 'COMPLETE', why: `${phase.flag} is true, but there are no mappings` };
  }
  if (rows.approved > 0) {
    const why = rows.open > 0 ? 'the others wait for a person' : `yet ${phase.flag} is false`;
    return { state: 'PARTIAL_APPROVED', why: `${rows.approved} of ${rows.open + rows.approved} rows approved, ${why}` };
  }
  if (row.child_has_mappings) {
    return {
      state: 'COMPLETE_UNAPPROVED',
      why: `${counted(row.child_mappings ?? 0, 'mapping')} saved and ${phase.flag} is false`,
    };
  }
  if (row.master_has_mappings) {
    const at = `${model.master.table}.${model.master.columns.persistence}`;
    return { state: 'GENERATED_NOT_SAVED', why: `${counted(row.master_mappings ?? 0, 'mapping')} only in ${at}` };
  }
  const offered = rowsOffered(mappingRows, model);
  return offered > 0 ? { state: 'GENERATED_NOT_SAVED', why: mappingRowsOnly(offered, model) } : undefined;
}

/** Rows of the table of mappings that a person approved, and those that still wait; rejected ones are neither. */
export function rowsToApprove({ mappingRows }: FlowFacts, model: FlowModel): { approved: number; open: number } {
  const { approved, rejected } = model.mappingRowStatuses;
  return {
    approved: rowsWhose(mappingRows, (status) => approved.includes(status)),
    open: rowsWhose(mappingRows, (status) => !approved.includes(status) && !rejected.includes(status)),
  };
}
