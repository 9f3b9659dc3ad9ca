import { z } from 'zod';
import type { Diagnosed } from '../diagnose/diagnose.ts';
import { readFlow } from '../diagnose/read-flow.ts';
import { Failure } from '../failure.ts';
import type { FlowModel } from '../flow/model.ts';
import { type Consent, nameObjection } from '../repair/consent.ts';
import type { WriteSession } from '../session.ts';
import { callsThatMove, ResumeCall, resumeCalls } from './calls.ts';
import { type Decision, decide } from './decide.ts';
import { ApiAnswer } from './platform-api.ts';

/** What came of a resume call. */
export const ResumeOutcome = z.discriminatedUnion('kind', [
  /** The platform took the call. Whether the flow moved, only watching tells. `tried`: calls that it answered with 404. */
  z.object({ kind: z.literal('called'), call: ResumeCall, answer: ApiAnswer, tried: z.array(z.string()) }),
  /** No call would move the flow as it stands. Nothing was sent. */
  z.object({ kind: z.literal('not resumable'), why: z.string(), next: z.string() }),
]);
export type ResumeOutcome = z.infer<typeof ResumeOutcome>;

const CHANGED = 'the flow changed since this call was shown; nothing was sent';

/**
 * Resumes a flow by the call that, by the platform's facts, will move it: the intelligent endpoint where it approves,
 * else, or where the install answers 404, the standard one.
 * @throws Failure `not-configured` without an API; the API's failures
 */
export async function resume(
  session: WriteSession,
  { facts }: Diagnosed,
  consent: Consent = {},
): Promise<ResumeOutcome> {
  const { model } = session;
  const decision = decide(facts, session);
  const all = resumeCalls(facts, decision, model);
  const calls = callsThatMove(all, decision, 'now');
  if (calls.length === 0) return notResumable(all, decision, facts.row.flow_id, model);
  if (!session.api) {
    throw new Failure('not-configured', 'No API of the platform is configured.', {
      next: 'Set FLOWMEND_API_URL (and FLOWMEND_API_TOKEN).',
    });
  }
  const objection = nameObjection(session.settings, consent);
  if (objection !== undefined) return { kind: 'not resumable', why: `${objection}; nothing was sent`, next: '' };
  // The request was made from what stood there when it was shown; a flow that went on since must not get it.
  const now = await readFlow(session.primary, session, facts.row.flow_id);
  if (JSON.stringify(resumeCalls(now, decide(now, session), model)) !== JSON.stringify(all)) {
    return { kind: 'not resumable', why: CHANGED, next: 'Look at it again before you resume it.' };
  }
  const tried: string[] = [];
  for (const call of calls) {
    const outcome = await session.api.send(call);
    if (outcome.kind === 'answered') return { kind: 'called', call, answer: outcome.answer, tried };
    tried.push(`${call.endpoint}: 404 ${outcome.detail}`);
  }
  throw new Failure('api-refused', `The platform knows neither the endpoint nor the flow: ${tried.join('; ')}.`, {
    next: 'Check FLOWMEND_API_URL, and that the flow belongs to the tenant of its record.',
  });
}

function notResumable(
  calls: readonly ResumeCall[],
  decision: Decision,
  flowId: string,
  { kind, resumePath }: FlowModel,
): ResumeOutcome {
  if (decision.kind === 'nothing') return { kind: 'not resumable', why: decision.why, next: '' };
  if (resumePath === null) {
    return {
      kind: 'not resumable',
      why: `Flowmend knows no endpoint that resumes ${kind} flows; nothing was sent`,
      next: 'Continue it from the platform.',
    };
  }
  const reasons = calls.map((call) => `${call.endpoint}: ${call.now.because}`).join('; ');
  if (callsThatMove(calls, decision, 'afterRepair').length > 0) {
    return { kind: 'not resumable', why: reasons, next: `Repair it first: flowmend apply ${flowId}` };
  }
  return {
    kind: 'not resumable',
    why: `no resume call will ${decision.kind} it (${decision.why})`,
    next: 'Continue it from the platform.',
  };
}
