import { diagnose } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';
import { messages } from '../words/messages.ts';

/** Reads the flow now; the detail takes it over with the refresh. */
export const diagnoseNow: Handler = async ({ session, flowId, refresh, notice }) => {
  await diagnose(session, flowId);
  await refresh();
  notice(messages.rediagnosed, 'good');
};
