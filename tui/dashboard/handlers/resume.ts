import { diagnose } from '../../../shared/index.ts';
import type { Handler } from '../handler.ts';

/** Shows the very request that would resume the flow, and asks. */
export const askResume: Handler = async ({ session, flowId, show }) => {
  const diagnosed = await diagnose(session, flowId);
  const { possible, repairFirst, why } = diagnosed.diagnosis.resume;
  // It may have changed since the key was offered.
  if (!possible || repairFirst) return show({ kind: 'not resumed', flowId, why, next: '' });
  show({ kind: 'question', flowId, question: { kind: 'resume', diagnosed, api: session.api?.label ?? '' } });
};
