/** The only door into the core: what the faces may use. */
export { type Action, type ActionId, actionList, actions, type Situation, type SubcommandId } from './actions.ts';
export { closeSoon } from './database/connection/close-soon.ts';
export type { Wait } from './database/connection/waits.ts';
export { type Demo, openDemo } from './demo/open-demo.ts';
export { STUCK_FLOW_ID } from './demo/stuck-flow.ts';
export { noSuchFlow } from './diagnose/find/no-such-flow.ts';
export { resolveFlowId } from './diagnose/find/resolve-flow-id.ts';
export { sessionOfFlow } from './diagnose/find/session-of-flow.ts';
export { Locations, locate } from './diagnose/locate/locate.ts';
export { checkStatuses } from './diagnose/scan/check-statuses.ts';
export { checkTenant } from './diagnose/scan/check-tenant.ts';
export { Scan, type ScannedFlow, type ScanOptions, scan } from './diagnose/scan/scan.ts';
export { type PassedFlow, scanFlows } from './diagnose/scan/scan-flows.ts';
export { type Diagnosed, diagnose, diagnoseWithRawData } from './diagnosis/diagnose.ts';
export { Diagnosis } from './diagnosis/diagnosis.ts';
export type { PhaseStanding, PhaseState } from './diagnosis/sections/phases.ts';
export type { RecordState } from './diagnosis/sections/records.ts';
export { exportFlow } from './export/export-flow.ts';
export { Failure, type FailureCode } from './failure.ts';
export { asFailure } from './files/as-failure.ts';
export { writeNewFile } from './files/new-file.ts';
export { models } from './flow/models.ts';
export { ApplyOutcome, apply } from './repair/apply/apply.ts';
export { applyMany } from './repair/apply/apply-many.ts';
export { ManyOutcome, type ManyProgress } from './repair/apply/many-outcome.ts';
export { DEFAULT_PACE, type Pace, type PaceField, paceWith } from './repair/apply/pace.ts';
export { openSteering, type Steering } from './repair/apply/steering.ts';
export { PlanState, planState } from './repair/check/plan-state.ts';
export type { Consent } from './repair/document/consent.ts';
export { FailedFlow } from './repair/document/failed-flow.ts';
export { type LeftOut, Plan } from './repair/document/plan.ts';
export { readPlanFile, writePlanFile } from './repair/document/plan-file.ts';
export type { PlanOptions } from './repair/document/plan-options.ts';
export { type PlanSums, planSums } from './repair/document/plan-sums.ts';
export { RowChange, sameChange } from './repair/document/row-change.ts';
export { runId } from './repair/document/run-id.ts';
export { Receipt } from './repair/journal/journal.ts';
export {
  type JournalPlace,
  journalAdvice,
  journalPlace,
  receipts,
  receiptToUndo,
} from './repair/journal/journal-place.ts';
export { otherServerOf } from './repair/journal/receipt-origin.ts';
export { type BrokenRules, brokenRules, brokenRulesOf } from './repair/plan/broken-rules.ts';
export { failedFlowsText, readFlowList, writeFailedFlows } from './repair/plan/failed-file.ts';
export { type FlowFilter, filterWords, flowsToMend } from './repair/plan/flows-to-mend.ts';
export { openChoices } from './repair/plan/open-choices.ts';
export { planMany } from './repair/plan/plan-many.ts';
export { planRepair } from './repair/plan/plan-repair.ts';
export { heldPlan } from './repair/preview/held-plan.ts';
export { preview } from './repair/preview/preview.ts';
export { ManyPreview, type ManyWayBack, previewMany } from './repair/preview/preview-many.ts';
export { previewRows } from './repair/preview/preview-rows.ts';
export { wayBackAfter, wayBackAfterMany } from './repair/preview/way-back-after.ts';
export { Drift } from './repair/run/drift.ts';
export { Run } from './repair/run/run-plan.ts';
export { sayingWhatWasWritten } from './repair/run/saying-what-was-written.ts';
export type { WayBack } from './repair/run/way-back.ts';
export { draftUndo, flowsOfReceipt, type UndoDraft } from './repair/undo/draft-undo.ts';
export { draftRunUndo, type RunDraft, undoRun } from './repair/undo/undo-run.ts';
export { type UndoTarget, undoTarget } from './repair/undo/undo-target.ts';
export { type JsonDocument, jsonText, safeJson } from './report/machine/json.ts';
export { diagnosisSarif, scanSarif } from './report/machine/sarif.ts';
export { diagnosisMarkdown } from './report/markdown/diagnosis-markdown.ts';
export { manyRowsMarkdown } from './report/markdown/many-rows-markdown.ts';
export { planMarkdown, runMarkdown } from './report/markdown/plan-markdown.ts';
export { scanMarkdown } from './report/markdown/scan-markdown.ts';
export { notJudgedLines } from './report/marks/not-judged-lines.ts';
export { phaseMarkName, phaseMarks } from './report/marks/phase-mark.ts';
export { progressBar } from './report/marks/progress-bar.ts';
export { runEndText } from './report/marks/run-end.ts';
export { type Standing, severityMarks, standingOf } from './report/marks/severity-mark.ts';
export { verdictTones } from './report/marks/verdict-tone.ts';
export { changesDiff } from './report/text/changes-diff.ts';
export { choicesText } from './report/text/choices-text.ts';
export { gapLines } from './report/text/diagnosis/gap-lines.ts';
export { linkLines } from './report/text/diagnosis/link-lines.ts';
export { absent } from './report/text/diagnosis/record-lines.ts';
export { timelineLines } from './report/text/diagnosis/timeline-lines.ts';
export { diagnosisText } from './report/text/diagnosis-text.ts';
export { journalNotice, receiptsText } from './report/text/journal-text.ts';
export { locationsText } from './report/text/locations-text.ts';
export { manyRowsDiff, manyRowsText } from './report/text/many-rows.ts';
export {
  manyOutcomeText,
  manyPlanDocument,
  manyPlanText,
  manyPreviewText,
  manyProgressText,
  whyBroken,
} from './report/text/many-text.ts';
export { applyText, resumeText, sightingText } from './report/text/outcome-text.ts';
export { planStateText } from './report/text/plan-state-text.ts';
export { planText, rowsWords, runText } from './report/text/plan-text.ts';
export { countOf, kindsCounted, scanText, summary, totalsText } from './report/text/scan-text.ts';
export { beyondWriterText, runUndoneText, runUndoText, undoText } from './report/text/undo-text.ts';
export {
  notRestoredText,
  notRestoredWords,
  undoneText,
  undoneWords,
  wayBackOfMany,
  wayBackText,
} from './report/text/way-back-text.ts';
export { type Approval, approvalsOf } from './resume/approvals.ts';
export { ResumeCall } from './resume/calls.ts';
export { noApi, nothingSent, ResumeOutcome, resume } from './resume/resume.ts';
export { Sighting, standingIn, type WatchOptions, watch } from './resume/watch.ts';
export { type Evidence, Finding, type Severity } from './rules/finding/finding.ts';
export { notJudged, refuseUnjudged, whyNotJudged } from './rules/judge/not-judged.ts';
export { quotedName } from './secrets/plain-name.ts';
export { withoutPasswords } from './secrets/without-passwords.ts';
export { isWritable, openSession, type Session, sessionUntil, type WriteSession, writable } from './session.ts';
export type { Configured } from './settings/configuration.ts';
export { configurationNotices } from './settings/configuration-notices.ts';
export { environmentSource } from './settings/connection.ts';
export { CONFIGURATION_FILE, findConfiguration, parseConfiguration } from './settings/find-configuration.ts';
export { connectionName, jointName, type Settings, settingsFrom } from './settings/settings.ts';
export { age } from './words/age.ts';
export { alike } from './words/alike.ts';
export { counted } from './words/counted.ts';
export { type Line, plain, type Span, span, type Tone } from './words/tone.ts';
export { visible } from './words/visible.ts';
export { speakOf, type Ways } from './words/ways.ts';
