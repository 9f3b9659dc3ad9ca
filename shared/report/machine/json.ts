import { z } from 'zod';
import { Locations } from '../../diagnose/locate/locate.ts';
import { Scan } from '../../diagnose/scan/scan.ts';
import { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { FlowExport } from '../../export/export-flow.ts';
import { ApplyOutcome } from '../../repair/apply/apply.ts';
import { ManyOutcome } from '../../repair/apply/many-outcome.ts';
import { PlanState } from '../../repair/check/plan-state.ts';
import { FailedFlow } from '../../repair/document/failed-flow.ts';
import { LeftOut, Plan } from '../../repair/document/plan.ts';
import { Receipt } from '../../repair/journal/journal.ts';
import { ManyPreview, ManyWayBack } from '../../repair/preview/preview-many.ts';
import { PreviewedRows } from '../../repair/preview/preview-rows.ts';
import { Drift } from '../../repair/run/drift.ts';
import { Run } from '../../repair/run/run-plan.ts';
import { WayBack } from '../../repair/run/way-back.ts';
import { ResumeOutcome } from '../../resume/resume.ts';
import { Sighting } from '../../resume/watch.ts';
import { Severity } from '../../rules/finding/finding.ts';
import { bounded } from '../../words/bounded.ts';

const schemaVersion = z.literal(1);

/** Why nothing is judged on this install; absent where it is. */
const notJudged = z.string().optional();

/** The flow has no finding that a repair can mend: there was nothing to apply. */
const NothingToMend = z.object({ kind: z.literal('nothing to mend'), leftOut: z.array(LeftOut) });

/** One flow of `scan --stream`: the findings without their evidence, which `diagnose` gives. */
const ScannedLine = z.object({
  schemaVersion,
  notJudged,
  flowId: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  phase: z.string().nullable(),
  updatedAt: z.string(),
  findings: z.array(z.object({ rule: z.string(), severity: Severity, title: z.string() })),
});

/** The last line of a page of `scan --stream` that another one follows: the flow id after which that begins. */
const NextPageLine = z.object({ schemaVersion, nextAfter: z.string() });

/** What each subcommand prints with `--json`: one document; `watch` and `scan --stream` print one a line. */
export const jsonSchemas = {
  scan: Scan,
  scanned: ScannedLine,
  nextPage: NextPageLine,
  diagnose: Diagnosis,
  plan: Plan,
  preview: z.object({ schemaVersion, plan: Plan, run: Run }),
  apply: z.object({
    schemaVersion,
    outcome: z.union([ApplyOutcome, NothingToMend]),
    /** Findings that the plan did not mend, such as those that wait for a choice. */
    leftOut: z.array(LeftOut).default([]),
    /** What came of trying the undo of what was written. Absent: nothing was written, or it could not be tried. */
    wayBack: WayBack.optional(),
  }),
  /** In place of the documents of `plan` and `preview` where `--all` finds no flow. */
  nothingToMend: z.object({ schemaVersion, outcome: NothingToMend }),
  applyMany: z.object({
    schemaVersion,
    outcome: ManyOutcome,
    leftOut: z.array(LeftOut).default([]),
    /** What came of trying the undo of the last batch. */
    wayBack: ManyWayBack.optional(),
  }),
  previewMany: z.object({
    schemaVersion,
    planHash: z.string(),
    run: ManyPreview,
    /** Of the first flows that held. */
    rows: PreviewedRows,
  }),
  planState: z.object({ schemaVersion, state: PlanState, plan: Plan }),
  journal: z.object({
    schemaVersion,
    notJudged,
    receipts: z.array(Receipt),
    /** What whoever owns the journal should change; absent where nothing. */
    advice: z.string().optional(),
  }),
  undo: z.object({
    schemaVersion,
    notJudged,
    outcome: ApplyOutcome,
    leftOut: z.array(LeftOut).default([]),
    /** What changed since, of flows of the receipt that were left as they are. */
    changed: z.array(Drift).default([]),
    /** Flows of it that failed when they were tried out, and were left as they are. */
    failed: z.array(FailedFlow).default([]),
  }),
  /** Of everything that one plan wrote; `outcome` counts flows that were taken back. */
  undoRun: z.object({
    schemaVersion,
    run: z.string(),
    outcome: ManyOutcome,
    changed: z.array(Drift),
    failed: z.array(FailedFlow),
  }),
  resume: z.object({ schemaVersion, outcome: ResumeOutcome, moved: z.boolean(), last: Sighting.nullable() }),
  watch: z.object({ schemaVersion, notJudged, sighting: Sighting }),
  locate: Locations,
  export: FlowExport,
  failure: z.object({
    schemaVersion,
    error: z.object({ code: z.string(), message: z.string(), next: z.string() }),
  }),
};

/** Documents that are read and never fed back: what is too large to be read is cut. A plan has to stay whole. */
const SHOWN: ReadonlySet<JsonDocument> = new Set(['scan', 'scanned', 'diagnose', 'resume', 'watch', 'locate']);

export type JsonDocument = keyof typeof jsonSchemas;

/**
 * A document as JSON text. It is parsed by its own schema first, so that what is printed is what is documented; control
 * and direction characters inside strings stay escaped, for terminals that show the text.
 */
export function jsonText<K extends JsonDocument>(kind: K, value: z.input<(typeof jsonSchemas)[K]>, indent = 2): string {
  const document = jsonSchemas[kind].parse(value);
  return safeJson(SHOWN.has(kind) ? bounded(document) : document, indent);
}

/** JSON whose strings hold no character that a terminal would act on. */
export function safeJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
