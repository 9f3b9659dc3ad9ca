import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import type { Session } from '../session.ts';
import type { Diagnosis } from './diagnosis.ts';
import { linksOfFlow } from './sections/links.ts';
import { recordStates } from './sections/records.ts';
import { timelineOf } from './sections/timeline.ts';

/**
 * What is stored of a flow whose rules are not known: its records, the values of its links and its times, and nothing that
 * says how they should be.
 */
export function unjudgedDiagnosis(session: Session, facts: FlowFacts, why: string): Diagnosis {
  const { model, catalog, settings } = session;
  const { row } = facts;
  return {
    schemaVersion: 1,
    notJudged: why,
    database: settings.database.label,
    kind: model.kind,
    flowId: row.flow_id,
    name: row.flow_name,
    checkedAt: new Date().toISOString(),
    verdict: 'not judged',
    headline: 'the rules of its generation are not known',
    reasons: [],
    records: recordStates(facts, [], session).filter(({ found }) => found),
    fieldMappings: null,
    mappingQuality: null,
    import: null,
    links: linksOfFlow(facts, model, catalog)
      .filter(({ record, value }) => record !== 'rawRecords' && record !== 'mappingRows' && value !== null)
      .map((link) => ({ ...link, right: 0, empty: 0, other: 0 })),
    persisted: [],
    processed: [],
    gaps: [],
    timeline: timelineOf(facts, model),
    rawData: null,
    findings: [],
    notAsked: [],
    notices: [...catalog.notices],
    resume: {
      point: null,
      decision: 'nothing',
      why,
      fromPhase: null,
      possible: false,
      obstacle: why,
      repairFirst: false,
      dataComplete: false,
      endpoint: null,
      calls: [],
    },
    recommended: [],
  };
}
