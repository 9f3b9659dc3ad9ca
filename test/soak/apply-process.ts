import { apply } from '../../shared/repair/apply/apply.ts';
import type { Plan } from '../../shared/repair/document/plan.ts';
import { openSession, writable } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';

/** A process of its own that applies every plan it is sent, and answers with what came of it. */
const session = writable(await openSession(settingsFrom(process.env)));
process.on('message', async (plan: Plan) => {
  try {
    process.send?.({ outcome: await apply(session, plan, { createJournal: true }) });
  } catch (thrown) {
    process.send?.({ failure: `${thrown}` });
  }
});
process.send?.({ ready: true });
