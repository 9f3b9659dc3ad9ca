import { diagnose } from '../../../shared/index.ts';
import { messages } from '../words/messages.ts';
import type { Handler } from '../work/handler.ts';

/** Reads the flow now; the detail takes it over with the refresh. */
export const diagnoseNow: Handler = async ({ session, flowId, refresh, notice }) => {
  await diagnose(session, flowId);
  await refresh();
  notice(messages.rediagnosed, 'good');
};
