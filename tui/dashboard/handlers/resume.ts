import { connectionName, diagnose, resume, writable } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';

/** Shows the very request that would resume the flow, and asks. */
export const askResume: Handler = async ({ session, flowId, show }) => {
  const diagnosed = await diagnose(session, flowId);
  const { decision, possible, repairFirst, obstacle, why } = diagnosed.diagnosis.resume;
  // It may have changed since the key was offered.
  if (!possible || repairFirst) {
    return show({ kind: 'not resumed', flowId, why: obstacle ?? why, next: '', needsNone: decision === 'nothing' });
  }
  // Without an API nobody needs to be asked: the core refuses, and says what to configure.
  if (!session.api) return void (await resume(writable(session), diagnosed));
  const { settings } = session;
  const asksName = settings.production ? connectionName(settings) : undefined;
  show({ kind: 'question', flowId, question: { kind: 'resume', diagnosed, api: session.api.label, asksName } });
};
