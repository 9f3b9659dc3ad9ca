import { approvalPhase, type FlowModel, failureIn, type Phase, phaseAfter, phaseNamed } from '../flow/model.ts';
import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import { lacking, suppliedNow } from '../rules/facts/lacking.ts';
import {
  mappingRowsOnly,
  mappingsStored,
  mappingsThat,
  mappingsUnread,
  rowsOffered,
} from '../rules/facts/mappings-stored.ts';
import type { Install } from '../rules/rule/rule-set.ts';
import { counted } from '../words/counted.ts';

/** What should happen next with a flow, and why. `phase` is where it goes on. */
export type Decision =
  | { kind: 'approve'; phase: Phase; mappings: number; why: string }
  | { kind: 'continue'; phase: Phase; why: string }
  | { kind: 'regenerate'; phase: Phase; why: string }
  | { kind: 'restart'; phase: Phase; why: string }
  | { kind: 'nothing'; why: string };

/** Decides from the persisted state of a flow what resuming it means. */
export function decide(facts: FlowFacts, install: Install): Decision {
  const { model, catalog } = install;
  const { row } = facts;
  const approval = approvalPhase(model);
  const open = model.phases.find((phase) => !row.phases_complete.includes(phase.name));
  if (open === undefined) return { kind: 'nothing', why: 'all phases are complete' };
  if (model.statuses.ended.includes(row.status) && row.status !== 'failed' && row.status !== 'error') {
    return { kind: 'nothing', why: `the flow is ${row.status}` };
  }
  if (!row.flags_in_order) {
    return {
      kind: 'nothing',
      why: `${open.name} is open and a phase after it is complete: which of them is true, a person has to see`,
    };
  }
  if (row.awaits_approval && approval) {
    return {
      kind: 'approve',
      phase: phaseAfter(model, approval) ?? approval,
      mappings: mappingsStored(row),
      why: `${mappingsThat('exist', row)} and ${approval.flag} is false`,
    };
  }
  if (model.statuses.working.includes(row.status)) {
    const doubt = doubtOf(facts, install);
    const why = doubt
      ? `its status says that the platform works on it (${row.status}), but ${doubt}`
      : `the platform is working on it (${row.status})`;
    return { kind: 'nothing', why };
  }
  if (open === model.phases[0]) {
    return { kind: 'restart', phase: open, why: `${open.flag} is false: there is nothing to continue from` };
  }
  const { mappingRows } = catalog;
  const rowsUnseen = mappingRows.denied.length > 0 || mappingRows.row_security;
  const unread = [
    ...mappingsUnread(model, catalog),
    ...(mappingsStored(row) === 0 && rowsUnseen ? [`every row of ${mappingRows.name}`] : []),
  ];
  if (open === approval && unread.length > 0) {
    return {
      kind: 'nothing',
      why: `whether there are field mappings is not known: this role may not read ${unread.join(', ')}`,
    };
  }
  if (open === approval) {
    const why = whyNoneWaits(facts, model);
    return why
      ? { kind: 'nothing', why }
      : { kind: 'regenerate', phase: open, why: 'there are no field mappings to approve' };
  }
  return { kind: 'continue', phase: open, why: `${open.name} is the first phase that is not complete` };
}

/** Why mappings that are there are not up for approval; undefined where there are none. */
function whyNoneWaits({ row, mappingRows }: FlowFacts, model: FlowModel): string | undefined {
  const { status, phase, phase_stored, phase_open } = row;
  const { columns, table } = model.child;
  if (mappingsStored(row) === 0) {
    const rows = rowsOffered(mappingRows, model);
    return rows > 0 ? `${mappingRowsOnly(rows, model)}, from where no resume call takes them` : undefined;
  }
  const but = (why: string) => `${mappingsThat('exist', row)}, but ${why}`;
  const failure = failureIn(status, model);
  if (failure !== undefined) return but(`${failure}: retry it from the platform`);
  return but(
    phase === null
      ? `${table}.${columns.phase} is ${phase_stored}, which names no phase`
      : `${table}.${columns.phase} is ${phase}, beyond ${phase_open}`,
  );
}

/** Why the platform can hardly work on a flow, whatever its status says. */
export function doubtOf(facts: FlowFacts, { model, catalog }: Install): string | undefined {
  const { row, rules } = facts;
  if (rules.includes('stalled')) {
    return `nothing was written for ${counted(Math.floor(row.idle_hours ?? 0), 'hour')}: retry it from the platform`;
  }
  const open = phaseNamed(model, row.phase_open);
  return foreignIn(rules) ?? (open && lacking(open, suppliedNow(facts), model, catalog));
}

/** What they find nothing may carry on: it would show a client the data of another. */
const TENANT_RULES = ['tenant-differs', 'raw-records-other-tenant'];

/** That records of another tenant stand in the flow. */
export function foreignIn(rules: FlowFacts['rules']): string | undefined {
  const foreign = TENANT_RULES.find((rule) => rules.includes(rule));
  return foreign && `another tenant's records stand in it (${foreign})`;
}
