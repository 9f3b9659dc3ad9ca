import { z } from 'zod';
import { ResumeCall } from '../resume/calls.ts';
import { Finding } from './finding.ts';

const RecordState = z.object({
  record: z.enum(['child', 'master', 'import']),
  table: z.string(),
  /** What this record is for, in the words of the field. */
  role: z.string(),
  found: z.boolean(),
  /** Stored values by column, as text. Empty where no record was found. */
  values: z.record(z.string(), z.string().nullable()),
  /** Columns of `values` that a finding says are wrong, with the value each should have. */
  shouldBe: z.record(z.string(), z.string().nullable()),
  updatedAt: z.string().nullable(),
});

const Candidate = z.object({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string().nullable(),
  totalRecords: z.number().nullable(),
  rawRecords: z.number().nullable(),
  linked: z.boolean(),
  evidence: z.array(z.object({ speaks: z.enum(['for', 'against']), text: z.string() })),
});

/** Everything that is said about one flow. Times are ISO 8601, counts are numbers, column values are text. */
export const Diagnosis = z.object({
  schemaVersion: z.literal(1),
  database: z.string(),
  kind: z.string(),
  flowId: z.string(),
  name: z.string().nullable(),
  checkedAt: z.string(),
  /**
   * `healthy`: no finding. `waiting`: nothing is wrong, a person's approval is due. `stuck`: an error keeps it from
   * moving. `out of step`: it may move, but its records disagree.
   */
  verdict: z.enum(['healthy', 'waiting', 'stuck', 'out of step']),
  /** One line: why. */
  headline: z.string(),
  /** The reasons one by one, worst first. */
  reasons: z.array(z.string()),
  records: z.array(RecordState),
  /** Null for a kind of flow that has none. */
  fieldMappings: z
    .object({
      count: z.number(),
      child: z.object({ column: z.string(), count: z.number().nullable() }),
      master: z.object({ column: z.string(), count: z.number().nullable() }),
      equal: z.boolean(),
    })
    .nullable(),
  /** Null for a kind of flow that is made from no import. */
  import: z
    .object({
      linked: z.boolean(),
      /** What was looked for. */
      sought: z.string(),
      /** The import that may be linked without asking, or that is linked. */
      decided: z.string().nullable(),
      candidates: z.array(Candidate),
    })
    .nullable(),
  persisted: z.array(z.object({ what: z.string(), state: z.enum(['yes', 'no', 'unlinked']), detail: z.string() })),
  processed: z.array(
    z.object({
      phase: z.string(),
      title: z.string(),
      flag: z.string(),
      state: z.enum(['complete', 'waiting_for_approval', 'current', 'not_started']),
    }),
  ),
  findings: z.array(Finding),
  /** Rules that this install could not answer. */
  notAsked: z.array(z.object({ rule: z.string(), why: z.string() })),
  /** What could not be seen or is not there, in words. */
  notices: z.array(z.string()),
  resume: z.object({
    decision: z.enum(['approve', 'continue', 'regenerate', 'restart', 'nothing']),
    why: z.string(),
    /** The phase it goes on with; null where there is nothing to do. */
    fromPhase: z.string().nullable(),
    possible: z.boolean(),
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
export type Candidate = z.infer<typeof Candidate>;
export type RecordState = z.infer<typeof RecordState>;
