import { z } from 'zod';
import { ResumeCall } from '../resume/calls.ts';
import { Finding } from '../rules/finding/finding.ts';
import { NotAsked } from '../rules/rule/rule-set.ts';
import { ImportOfFlow } from './sections/candidates.ts';
import { FieldMappings } from './sections/field-mappings.ts';
import { Gap } from './sections/gaps.ts';
import { Link } from './sections/links.ts';
import { MappingQuality } from './sections/mapping-quality.ts';
import { Persisted } from './sections/persisted.ts';
import { PhaseStanding } from './sections/phases.ts';
import { RawData } from './sections/raw-data.ts';
import { RecordState } from './sections/records.ts';
import { ResumePoint } from './sections/resume-point.ts';
import { Timeline } from './sections/timeline.ts';
import { Verdict } from './sections/verdict.ts';

/** Everything that is said about one flow. Times are ISO 8601, counts are numbers, column values are text. */
export const Diagnosis = z.object({
  schemaVersion: z.literal(1),
  /** Why nothing is judged on this install; absent where it is. The sections that would judge are empty or null then. */
  notJudged: z.string().optional(),
  database: z.string(),
  kind: z.string(),
  flowId: z.string(),
  name: z.string().nullable(),
  checkedAt: z.string(),
  ...Verdict.shape,
  records: z.array(RecordState),
  /** Null for a kind of flow that has none. */
  fieldMappings: FieldMappings.nullable(),
  mappingQuality: MappingQuality.nullable(),
  /** Null for a kind of flow that is made from no import. */
  import: ImportOfFlow.nullable(),
  /** Where the flow's id and the links between its records are stored. */
  links: z.array(Link),
  persisted: Persisted,
  /** The phases in order. */
  processed: z.array(PhaseStanding),
  gaps: z.array(Gap),
  timeline: Timeline,
  /** Null unless it was asked for: it takes a statement of its own. Null too where no import is known. */
  rawData: RawData.nullable(),
  findings: z.array(Finding),
  /** Rules that this install could not answer. */
  notAsked: z.array(NotAsked),
  /** What could not be seen or is not there, in words. */
  notices: z.array(z.string()),
  resume: z.object({
    /** Where the flow goes on and why there; null where it goes on nowhere. */
    point: ResumePoint.nullable(),
    decision: z.enum(['approve', 'continue', 'regenerate', 'restart', 'nothing']),
    why: z.string(),
    /** The phase it goes on with; null where there is nothing to do. */
    fromPhase: z.string().nullable(),
    possible: z.boolean(),
    /** What keeps the flow from going on even after its repair, though a call would move it; null where nothing does. */
    obstacle: z.string().nullable(),
    repairFirst: z.boolean(),
    /** All data that resuming needs exists: statuses and links may be wrong, nothing is lost. */
    dataComplete: z.boolean(),
    /** The endpoint that will move the flow, after the repair where one is due. */
    endpoint: z.enum(['intelligent', 'standard']).nullable(),
    calls: z.array(ResumeCall),
  }),
  recommended: z.array(
    z.object({
      order: z.number(),
      action: z.enum(['apply', 'choose', 'resume', 'look']),
      rule: z.string().nullable(),
      text: z.string(),
    }),
  ),
});
export type Diagnosis = z.infer<typeof Diagnosis>;
