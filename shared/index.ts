/** The only door into the core: what the faces may use. */
export { type Action, type ActionId, actionList, actions, type Situation, type SubcommandId } from './actions.ts';
export { asFailure } from './as-failure.ts';
export { closeSoon } from './close-soon.ts';
export type { Wait } from './database/waits.ts';
export { type Demo, openDemo } from './demo/open-demo.ts';
export { STUCK_FLOW_ID } from './demo/stuck-flow.ts';
export { checkStatuses } from './diagnose/check-statuses.ts';
export { checkTenant } from './diagnose/check-tenant.ts';
export { type Diagnosed, diagnose, diagnoseWithRawData } from './diagnose/diagnose.ts';
export { Diagnosis } from './diagnose/diagnosis.ts';
export { type Evidence, Finding, type Severity } from './diagnose/finding.ts';
export { type LocateOptions, Locations, locate } from './diagnose/locate.ts';
export { noSuchFlow } from './diagnose/no-such-flow.ts';
export { notJudged, refuseUnjudged, whyNotJudged } from './diagnose/not-judged.ts';
export { resolveFlowId } from './diagnose/resolve-flow-id.ts';
export { Scan, type ScannedFlow, type ScanOptions, scan } from './diagnose/scan.ts';
export { type Passed, type PassedFlow, type ScanFlowsOptions, scanFlows } from './diagnose/scan-flows.ts';
export type { Candidate } from './diagnose/sections/candidates.ts';
export type { PhaseStanding, PhaseState } from './diagnose/sections/phases.ts';
export type { RecordState } from './diagnose/sections/records.ts';
export { sessionOfFlow } from './diagnose/session-of-flow.ts';
export { type ExportOptions, exportFlow, FlowExport } from './export/export-flow.ts';
export { Failure, type FailureCode } from './failure.ts';
export { models } from './flow/models.ts';
export { writeNewFile } from './new-file.ts';
export { type ApplyOptions, ApplyOutcome, apply } from './repair/apply.ts';
export { type ApplyManyOptions, applyMany, ManyOutcome, type ManyProgress } from './repair/apply-many.ts';
export { type BrokenRule, type BrokenRules, brokenRules, brokenRulesOf } from './repair/broken-rules.ts';
export { refuseForged } from './repair/check-plan.ts';
export type { Consent } from './repair/consent.ts';
export { draftUndo, flowsOfReceipt, type UndoDraft } from './repair/draft-undo.ts';
export { Drift } from './repair/drift.ts';
export { type FlowList, failedFlowsText, readFlowList, writeFailedFlows } from './repair/failed-file.ts';
export { FailedFlow } from './repair/failed-flow.ts';
export { type FlowFilter, filterWords, flowsToMend } from './repair/flows-to-mend.ts';
export { heldPlan } from './repair/held-plan.ts';
export { Receipt } from './repair/journal.ts';
export {
  type JournalPlace,
  journalAdvice,
  journalPlace,
  receiptById,
  receipts,
  receiptToUndo,
} from './repair/journal-place.ts';
export type { NotRestored, NotRestoredColumn } from './repair/not-restored.ts';
export { openChoices } from './repair/open-choices.ts';
export { DEFAULT_PACE, type Pace, type PaceField, paceWith } from './repair/pace.ts';
export { type LeftOut, Plan, type Step } from './repair/plan.ts';
export { readPlanFile, writePlanFile } from './repair/plan-file.ts';
export { type PlanManyOptions, planMany } from './repair/plan-many.ts';
export type { PlanOptions } from './repair/plan-options.ts';
export { planRepair } from './repair/plan-repair.ts';
export { PlanState, planState } from './repair/plan-state.ts';
export { type PlanSums, planSums } from './repair/plan-sums.ts';
export { preview } from './repair/preview.ts';
export { ManyPreview, type ManyWayBack, previewMany } from './repair/preview-many.ts';
export { type PreviewedRows, previewRows } from './repair/preview-rows.ts';
export { otherServerOf } from './repair/receipt-origin.ts';
export { RowChange, sameChange } from './repair/row-change.ts';
export { runId } from './repair/run-id.ts';
export { Run } from './repair/run-plan.ts';
export { sayingWhatWasWritten } from './repair/saying-what-was-written.ts';
export { openSteering, type Steering } from './repair/steering.ts';
export { draftRunUndo, type RunDraft, undoRun } from './repair/undo-run.ts';
export { type UndoTarget, undoTarget } from './repair/undo-target.ts';
export type { WayBack } from './repair/way-back.ts';
export { wayBackAfter, wayBackAfterMany } from './repair/way-back-after.ts';
export { age } from './report/age.ts';
export { alike } from './report/alike.ts';
export { changesDiff } from './report/changes-diff.ts';
export { choicesText } from './report/choices-text.ts';
export { counted } from './report/counted.ts';
export { gapLines } from './report/diagnosis/gap-lines.ts';
export { linkLines } from './report/diagnosis/link-lines.ts';
export { absent } from './report/diagnosis/record-lines.ts';
export { timelineLines } from './report/diagnosis/timeline-lines.ts';
export { diagnosisMarkdown } from './report/diagnosis-markdown.ts';
export { diagnosisText } from './report/diagnosis-text.ts';
export { journalNotice, receiptsText } from './report/journal-text.ts';
export { type JsonDocument, jsonText, safeJson } from './report/json.ts';
export { locationsText } from './report/locations-text.ts';
export { manyRowsDiff, manyRowsText } from './report/many-rows.ts';
export { manyRowsMarkdown } from './report/many-rows-markdown.ts';
export {
  manyOutcomeText,
  manyPlanDocument,
  manyPlanText,
  manyPreviewText,
  manyProgressText,
  whyBroken,
} from './report/many-text.ts';
export { notJudgedLines } from './report/not-judged-lines.ts';
export { applyText, resumeText, sightingText } from './report/outcome-text.ts';
export { phaseMarkName, phaseMarks } from './report/phase-mark.ts';
export { planMarkdown, runMarkdown } from './report/plan-markdown.ts';
export { planStateText } from './report/plan-state-text.ts';
export { planText, rowsWords, runText } from './report/plan-text.ts';
export { progressBar } from './report/progress-bar.ts';
export { runEndText } from './report/run-end.ts';
export { diagnosisSarif, scanSarif } from './report/sarif.ts';
export { scanMarkdown } from './report/scan-markdown.ts';
export { countOf, kindsCounted, scanText, summary, totalsText } from './report/scan-text.ts';
export { type Standing, severityMarks, standingOf } from './report/severity-mark.ts';
export { type Line, plain, type Span, span, type Tone } from './report/tone.ts';
export { beyondWriterText, runUndoneText, runUndoText, undoText } from './report/undo-text.ts';
export { verdictTones } from './report/verdict-tone.ts';
export { visible } from './report/visible.ts';
export {
  notRestoredText,
  notRestoredWords,
  undoneText,
  undoneWords,
  wayBackOfMany,
  wayBackText,
  wayBackWords,
} from './report/way-back-text.ts';
export { type Approval, approvalsOf } from './resume/approvals.ts';
export { ResumeCall } from './resume/calls.ts';
export { noApi, nothingSent, ResumeOutcome, resume } from './resume/resume.ts';
export { Sighting, standingIn, type WatchOptions, watch } from './resume/watch.ts';
export { isWritable, openSession, type Session, sessionUntil, type WriteSession, writable } from './session.ts';
export type { Configured } from './settings/configuration.ts';
export { configurationNotices } from './settings/configuration-notices.ts';
export { type ConnectionSource, environmentSource } from './settings/connection.ts';
export { CONFIGURATION_FILE, findConfiguration, parseConfiguration } from './settings/find-configuration.ts';
export { quotedName } from './settings/plain-name.ts';
export { Secret } from './settings/secret.ts';
export { connectionName, jointName, type Settings, settingsFrom } from './settings/settings.ts';
export { withoutPasswords } from './settings/without-passwords.ts';
export { speakOf, type Ways, ways } from './ways.ts';
