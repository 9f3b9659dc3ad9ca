import { type Consent, noApi, plain, resume, resumeText, standingIn } from '../../shared/index.ts';
import { askConsent } from '../ask/consent.ts';
import { writeSession } from '../connection/write-session.ts';
import { callText } from '../documents/call-text.ts';
import { readFlow } from '../documents/read-flow.ts';
import type { Face } from '../face.ts';
import { follow } from '../mending/follow.ts';
import { longWork } from '../say/long-work.ts';
import { fail } from '../say/notify.ts';
import { flowOf } from '../target.ts';

/** Resumes a flow by the call that will move it, shown and confirmed first, and follows it until it moved. */
export async function resumeCommand(face: Face, target?: unknown): Promise<void> {
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const diagnosed = await readFlow(face, typed);
  const { diagnosis, facts } = diagnosed;
  const session = await writeSession(face.connection, diagnosis.flowId);
  const { endpoint, calls, possible, repairFirst, decision } = diagnosis.resume;
  const call = calls.find((one) => one.endpoint === endpoint);
  let consent: Consent | undefined = {};
  if (call && possible && !repairFirst) {
    // Who agrees must not learn afterwards that nothing can be sent.
    if (!session.api) throw noApi();
    const api = session.api.label;
    await face.previews.show(callText(call, api), 'call.txt');
    const title = `Resume flow ${diagnosis.flowId.slice(0, 8)}: ${decision}, then ${diagnosis.resume.fromPhase}`;
    consent = await askConsent(session, 'Resume', title, `${call.method} ${api}${call.path}`);
    if (!consent) return;
  }
  const outcome = await longWork('resuming', session, (session) => resume(session, diagnosed, consent));
  if (outcome.kind === 'not resumable') {
    void fail(plain(resumeText(outcome)).replaceAll('\n', '. '));
    return;
  }
  await follow(face, diagnosis.flowId, standingIn(facts.row));
}
