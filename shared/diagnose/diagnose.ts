import type { Catalog } from '../database/catalog.ts';
import { approvalPhase, type FlowModel } from '../flow/model.ts';
import { isNever } from '../flow/name.ts';
import { callsThatMove, resumeCalls } from '../resume/calls.ts';
import { decide } from '../resume/decide.ts';
import type { Session } from '../session.ts';
import type { Candidate, Diagnosis, RecordState } from './diagnosis.ts';
import type { Finding } from './finding.ts';
import type { FlowFacts } from './flow-facts.ts';
import { decisiveImport, evidenceOf } from './import-candidates.ts';
import { readFlow } from './read-flow.ts';
import { recommend } from './recommend.ts';
import { resolveFlowId } from './resolve-flow-id.ts';
import { findingsOf } from './rule-set.ts';

/** A diagnosis with the facts it rests on: the plan is made from the same facts, without reading again. */
export interface Diagnosed {
  readonly diagnosis: Diagnosis;
  readonly facts: FlowFacts;
}

/**
 * Reads one flow and says what is wrong with it, with evidence.
 * @param typed a whole flow id or an unambiguous prefix
 * @throws Failure `malformed-id`, `unknown-flow`, `ambiguous-id`, `wrong-data`, or the connection's
 */
export async function diagnose(session: Session, typed: string): Promise<Diagnosed> {
  const flowId = await resolveFlowId(session, typed);
  const facts = await readFlow(session.reader, session, flowId);
  return { facts, diagnosis: diagnosisOf(session, facts) };
}

function diagnosisOf(session: Session, facts: FlowFacts): Diagnosis {
  const { model, settings } = session;
  const { row } = facts;
  const findings = findingsOf(session, row, facts.rules);
  const decision = decide(facts, model);
  const calls = resumeCalls(facts, decision, model);
  const movers = callsThatMove(calls, decision, 'afterRepair');
  const records = recordStates(facts, findings, model);
  const resume: Diagnosis['resume'] = {
    decision: decision.kind,
    why: decision.why,
    fromPhase: decision.kind === 'nothing' ? null : decision.phase.name,
    possible: movers.length > 0,
    repairFirst: movers.length > 0 && callsThatMove(calls, decision, 'now')[0]?.endpoint !== movers[0]?.endpoint,
    dataComplete: movers.length > 0 && dataExists(facts),
    endpoint: movers[0]?.endpoint ?? null,
    calls,
  };
  return {
    schemaVersion: 1,
    database: settings.database.label,
    kind: model.kind,
    flowId: row.flow_id,
    name: row.flow_name,
    checkedAt: new Date().toISOString(),
    ...verdictOf(findings, row.awaits_approval, session.catalog),
    records,
    fieldMappings: isNever(model.child.columns.mappings) ? null : mappingsOf(facts, model),
    import: isNever(model.import.table) ? null : importOf(facts, model),
    persisted: persistedOf(facts, model),
    processed: model.phases.map((phase) => ({
      phase: phase.name,
      title: phase.title,
      flag: phase.flag,
      state: phaseState(phase.name, facts, model),
    })),
    findings,
    notAsked: [...session.rules.notAsked],
    notices: [...session.catalog.notices],
    resume,
    recommended: recommend(facts, resume, session),
  };
}

function mappingsOf({ row, mappings }: FlowFacts, model: FlowModel): Diagnosis['fieldMappings'] {
  const { child, master } = model;
  return {
    count: row.child_mappings ?? row.master_mappings ?? 0,
    child: { column: `${child.table}.${child.columns.mappings}`, count: row.child_mappings },
    master: {
      column: `${master.table}.${master.columns.persistence}.${master.persistenceKeys.mappings}`,
      count: row.master_mappings,
    },
    equal: mappings.equal,
  };
}

function importOf(facts: FlowFacts, model: FlowModel): Diagnosis['import'] {
  const { row, imports } = facts;
  return {
    linked: row.import_linked,
    sought: `${model.import.table}.${model.import.columns.masterFlowId} = ${row.link_key ?? '(no master record)'}`,
    decided: (imports.find((one) => one.linked) ?? decisiveImport(imports))?.id ?? null,
    candidates: imports.map((one) => candidateOf(one, facts, model)),
  };
}

/** Raw data is there, linked or known beyond doubt; and mappings, once the phase that makes them has begun. */
function dataExists({ imports, row }: FlowFacts): boolean {
  const source = imports.find((one) => one.linked) ?? decisiveImport(imports);
  return (
    (source?.raw_records ?? source?.total_records ?? 0) > 0 && (row.child_mappings ?? row.master_mappings ?? 0) > 0
  );
}

function verdictOf(
  findings: readonly Finding[],
  awaits: boolean,
  { child, master, import: dataImport }: Catalog,
): Pick<Diagnosis, 'verdict' | 'headline' | 'reasons'> {
  const wrong = findings.filter((finding) => finding.severity !== 'info');
  const reasons = findings.map((finding) => finding.message);
  if (wrong.some((finding) => finding.severity === 'error')) {
    const headline = awaits ? 'waits for an approval nobody was shown' : (reasons[0] ?? '');
    return { verdict: 'stuck', headline, reasons };
  }
  if (wrong.length > 0) return { verdict: 'out of step', headline: reasons[0] ?? '', reasons };
  if (awaits) return { verdict: 'waiting', headline: 'waits for a person to approve its mappings', reasons };
  const hidden = [child, master, dataImport].some((table) => table.row_security);
  const seen = hidden ? ', as far as row level security lets this role see them' : '';
  return { verdict: 'healthy', headline: `its records agree${seen}`, reasons };
}

function recordStates(facts: FlowFacts, findings: readonly Finding[], model: FlowModel): RecordState[] {
  const { row, images, imports } = facts;
  const shouldBe = (record: RecordState['record']) =>
    Object.fromEntries(
      findings
        .filter((finding) => finding.severity !== 'info')
        .flatMap((finding) => finding.evidence)
        .filter((evidence) => evidence.record === record)
        .map((evidence) => [evidence.column, evidence.expected]),
    );
  // What this install or this kind of flow does not have is in no image.
  const pick = (image: Record<string, string | null> | null | undefined, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (image && name in image ? [[name, image[name] ?? null]] : [])));
  const told = Object.fromEntries(
    model.phases.flatMap(({ name, flag, told }) => (told ? [[flag, String(row.phases_complete.includes(name))]] : [])),
  );
  const child = model.child.columns;
  const master = model.master.columns;
  const dataImport = model.import.columns;
  const linked = imports.find((one) => one.linked);
  const records: RecordState[] = [
    {
      record: 'child',
      table: model.child.table,
      role: 'source of truth',
      found: true,
      values: pick({ ...images.child, ...told }, [
        child.status,
        child.phase,
        child.progress,
        ...model.phases.map((phase) => phase.flag),
        child.importId,
        child.masterFlowId,
      ]),
      shouldBe: shouldBe('child'),
      updatedAt: row.updated_at,
    },
    {
      record: 'master',
      table: model.master.table,
      role: 'one per flow of any type',
      found: images.master !== null,
      values: pick(images.master, [master.status, master.type, master.id]),
      shouldBe: shouldBe('master'),
      updatedAt: row.master_updated_at,
    },
    {
      record: 'import',
      table: model.import.table,
      role: 'the data it was made from',
      found: linked !== undefined,
      values: pick(linked?.image, [dataImport.status, dataImport.totalRecords, dataImport.id, dataImport.masterFlowId]),
      shouldBe: shouldBe('import'),
      updatedAt: linked?.image[dataImport.updatedAt] ?? null,
    },
  ];
  return records.filter(({ table }) => !isNever(table));
}

function candidateOf(candidate: FlowFacts['imports'][number], facts: FlowFacts, model: FlowModel): Candidate {
  return {
    id: candidate.id,
    name: candidate.name,
    status: candidate.status,
    totalRecords: candidate.total_records,
    rawRecords: candidate.raw_records,
    linked: candidate.linked,
    evidence: evidenceOf(candidate, facts, model),
  };
}

function persistedOf({ row, imports }: FlowFacts, model: FlowModel): Diagnosis['persisted'] {
  const count = row.child_mappings ?? row.master_mappings ?? 0;
  const linked = imports.find((one) => one.linked);
  const decided = decisiveImport(imports);
  const raw: Diagnosis['persisted'][number] = linked
    ? { what: 'raw data', state: 'yes', detail: `${linked.raw_records ?? linked.total_records ?? 0} records` }
    : decided
      ? {
          what: 'raw data',
          state: 'unlinked',
          detail: `${decided.raw_records ?? decided.total_records ?? 0} records in import ${decided.id}, not linked to the flow`,
        }
      : { what: 'raw data', state: 'no', detail: 'no import is linked and none is decisive' };
  return [
    { what: 'child record', state: 'yes', detail: model.child.table },
    { what: 'master record', state: row.master_id === null ? 'no' : 'yes', detail: model.master.table },
    ...(isNever(model.child.columns.mappings)
      ? []
      : [{ what: 'field mappings', state: count > 0 ? 'yes' : 'no', detail: `${count} mappings` } as const]),
    {
      what: 'phase flags',
      state: 'yes',
      detail: `${row.phases_complete.length} of ${model.phases.length} complete`,
    },
    ...(isNever(model.import.table) ? [] : [raw]),
  ];
}

function phaseState(phase: string, { row }: FlowFacts, model: FlowModel): Diagnosis['processed'][number]['state'] {
  if (row.phases_complete.includes(phase)) return 'complete';
  if (phase === approvalPhase(model)?.name && row.awaits_approval) return 'waiting_for_approval';
  const works = model.statuses.working.includes(row.status) || model.statuses.waiting.includes(row.status);
  return phase === row.phase && works ? 'current' : 'not_started';
}
