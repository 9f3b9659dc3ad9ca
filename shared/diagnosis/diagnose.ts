import { resolveFlowId } from '../diagnose/find/resolve-flow-id.ts';
import { passedOverNotices } from '../diagnose/read/passed-over.ts';
import { readRawStructure } from '../diagnose/read/raw-data.ts';
import { readFlow } from '../diagnose/read/read-flow.ts';
import type { FlowModel } from '../flow/model.ts';
import { isNever } from '../flow/name.ts';
import { type Resumption, resumptionOf } from '../resume/resumption.ts';
import { standstillOf } from '../resume/standstill.ts';
import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import { recordsOf } from '../rules/facts/lacking.ts';
import { mappingsStored } from '../rules/facts/mappings-stored.ts';
import { whyNotJudged } from '../rules/judge/not-judged.ts';
import { findingsOf } from '../rules/rule/rule-set.ts';
import type { Session } from '../session.ts';
import type { Diagnosis } from './diagnosis.ts';
import { recommend } from './recommend.ts';
import { importOf } from './sections/candidates.ts';
import { fieldMappingsOf } from './sections/field-mappings.ts';
import { gapsOf } from './sections/gaps.ts';
import { linksOfFlow } from './sections/links.ts';
import { mappingQuality } from './sections/mapping-quality.ts';
import { persistedOf } from './sections/persisted.ts';
import { phasesOf } from './sections/phases.ts';
import { importOfRawData, rawDataOf } from './sections/raw-data.ts';
import { recordStates } from './sections/records.ts';
import { resumePoint } from './sections/resume-point.ts';
import { timelineOf } from './sections/timeline.ts';
import { verdictOf } from './sections/verdict.ts';
import { unjudgedDiagnosis } from './unjudged-diagnosis.ts';

/** A diagnosis with the facts it rests on: the plan is made from the same facts, without reading again. */
export interface Diagnosed {
  readonly diagnosis: Diagnosis;
  readonly facts: FlowFacts;
}

/**
 * Reads one flow and says what is wrong with it, with evidence: one statement.
 * @param typed a whole flow id or an unambiguous prefix
 * @throws Failure `malformed-id`, `unknown-flow`, `ambiguous-id`, `wrong-data`, or the connection's
 */
export async function diagnose(session: Session, typed: string): Promise<Diagnosed> {
  const flowId = await resolveFlowId(session, typed);
  const facts = await readFlow(session.primary, session, flowId);
  const why = whyNotJudged(session);
  return { facts, diagnosis: why === undefined ? diagnosisOf(session, facts) : unjudgedDiagnosis(session, facts, why) };
}

/** The same with the structure of the raw data: one statement more, over a bounded number of rows. */
export async function diagnoseWithRawData(session: Session, typed: string): Promise<Diagnosed> {
  const { diagnosis, facts } = await diagnose(session, typed);
  const source = diagnosis.notJudged === undefined ? importOfRawData(facts, session.model) : undefined;
  if (!source || !session.catalog.rawRecords.exists) return { diagnosis, facts };
  const structure = await readRawStructure(session.primary, session, source.id);
  return { facts, diagnosis: { ...diagnosis, rawData: rawDataOf(source, structure, facts, session.model) } };
}

function diagnosisOf(session: Session, facts: FlowFacts): Diagnosis {
  const { model, catalog, settings } = session;
  const { row } = facts;
  const findings = findingsOf(session, row, facts.rules);
  const resumption = resumptionOf(facts, session);
  const resume = resumeOf(resumption, facts, model);
  const standstill = standstillOf(facts, resumption, session);
  const { mappings } = model.child.columns;
  const seesMappings = !isNever(mappings) && !catalog.child.denied.includes(mappings);
  return {
    schemaVersion: 1,
    database: settings.database.label,
    kind: model.kind,
    flowId: row.flow_id,
    name: row.flow_name,
    checkedAt: new Date().toISOString(),
    ...verdictOf(findings, { awaits: row.awaits_approval, standstill, rules: session.rules, catalog }),
    records: recordStates(facts, findings, session),
    fieldMappings: seesMappings ? fieldMappingsOf(facts, model) : null,
    mappingQuality: seesMappings ? mappingQuality(facts, model) : null,
    import: isNever(model.import.table) ? null : importOf(facts, model),
    links: linksOfFlow(facts, model, catalog),
    persisted: persistedOf(facts, session),
    processed: phasesOf(facts, model, catalog),
    gaps: gapsOf(facts, findings, model, catalog),
    timeline: timelineOf(facts, model),
    rawData: null,
    findings,
    notAsked: [...session.rules.notAsked],
    notices: [...catalog.notices, ...passedOverNotices(facts.passedOver, model)],
    resume,
    recommended: recommend(facts, resume, standstill, session),
  };
}

function resumeOf(
  { decision, calls, now, afterRepair }: Resumption,
  facts: FlowFacts,
  model: FlowModel,
): Diagnosis['resume'] {
  const [mover] = afterRepair.movers;
  return {
    point: resumePoint(facts, decision, model),
    decision: decision.kind,
    why: decision.why,
    fromPhase: decision.kind === 'nothing' ? null : decision.phase.name,
    possible: mover !== undefined,
    obstacle: afterRepair.obstacle,
    repairFirst: mover !== undefined && now.movers[0]?.endpoint !== mover.endpoint,
    dataComplete: mover !== undefined && dataExists(facts, model),
    endpoint: mover?.endpoint ?? null,
    calls: [...calls],
  };
}

/** Raw data is there, linked or known beyond doubt; and so are mappings. */
function dataExists(facts: FlowFacts, model: FlowModel): boolean {
  const { row } = facts;
  const source = importOfRawData(facts, model);
  const records = source && recordsOf([source]);
  return (records ?? 0) > 0 && mappingsStored(row) > 0;
}
