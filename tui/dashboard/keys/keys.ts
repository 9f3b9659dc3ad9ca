import { actionList } from '../../../shared/index.ts';
import { askApply } from '../handlers/apply.ts';
import { chooseRule } from '../handlers/apply-many.ts';
import { diagnoseNow } from '../handlers/diagnose.ts';
import { saveExport } from '../handlers/export.ts';
import { showJournal } from '../handlers/journal.ts';
import { showLocations } from '../handlers/locate.ts';
import { savePlan } from '../handlers/plan.ts';
import { showPreview } from '../handlers/preview.ts';
import { askResume } from '../handlers/resume.ts';
import { scanNow } from '../handlers/scan.ts';
import { askUndo } from '../handlers/undo.ts';
import { followFlow } from '../handlers/watch.ts';
import type { Handler } from '../loop/handler.ts';
import type { KeyedActionId } from './keyed-action.ts';

/** What each key does. An action that gets a key and no handler here does not compile. */
export const handlers: Record<KeyedActionId, Handler> = {
  scan: scanNow,
  diagnose: diagnoseNow,
  plan: savePlan,
  preview: showPreview,
  apply: askApply,
  applyMany: chooseRule,
  undo: askUndo,
  resume: askResume,
  watch: followFlow,
  locate: showLocations,
  export: saveExport,
  journal: showJournal,
};

/** The action of a key, by the table of actions. */
export function actionOfKey(key: string): KeyedActionId | undefined {
  return actionList.find((action) => action.key === key)?.id as KeyedActionId | undefined;
}
