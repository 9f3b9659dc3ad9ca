import { z } from 'zod';
import { ApiAnswer } from '../api/platform-api.ts';
import { readFlow } from '../diagnose/read/read-flow.ts';
import { Failure } from '../failure.ts';
import { asFailure } from '../files/as-failure.ts';
import type { FlowModel } from '../flow/model.ts';
import { type Consent, nameObjection } from '../repair/document/consent.ts';
import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import { refuseUnjudged } from '../rules/judge/not-judged.ts';
import type { WriteSession } from '../session.ts';
import { ways } from '../words/ways.ts';
import { ResumeCall } from './calls.ts';
import { type Resumption, resumptionOf } from './resumption.ts';

/** What came of a resume call. */
export const ResumeOutcome = z.discriminatedUnion('kind', [
  /** The platform took the call. Whether the flow moved, only watching tells. `tried`: calls that it answered with 404. */
  z.object({ kind: z.literal('called'), call: ResumeCall, answer: ApiAnswer, tried: z.array(z.string()) }),
  /** No call would move the flow as it stands. Nothing was sent. */
  z.object({ kind: z.literal('not resumable'), why: z.string(), next: z.string() }),
]);
export type ResumeOutcome = z.infer<typeof ResumeOutcome>;

/** Why nothing can be resumed through a session without an API. */
export function noApi(): Failure {
  return new Failure('not-configured', 'No API of the platform is configured.', { next: `Set ${ways().api}.` });
}

const CHANGED = 'the flow changed since this call was shown; nothing was sent';

/**
 * Resumes a flow by the call that, by the platform's facts, will move it: the intelligent endpoint where it approves,
 * else, or where the install answers 404, the standard one.
 * @throws Failure `later-generation`; `not-configured` without an API; the API's failures
 */
export async function resume(
  session: WriteSession,
  { facts }: { readonly facts: FlowFacts },
  consent: Consent = {},
): Promise<ResumeOutcome> {
  refuseUnjudged(session);
  const resumption = resumptionOf(facts, session);
  const { movers } = resumption.now;
  if (movers.length === 0) return notResumable(resumption, facts.row.flow_id, session.model);
  if (!session.api) throw noApi();
  const objection = nameObjection(session.settings, consent);
  if (objection !== undefined) return { kind: 'not resumable', why: `${objection}; nothing was sent`, next: '' };
  // The request was made from what stood there when it was shown; a flow that went on since must not get it.
  const now = await readFlow(session.primary, session, facts.row.flow_id).catch((thrown: unknown) => {
    throw nothingSent(asFailure(thrown));
  });
  if (JSON.stringify(resumptionOf(now, session)) !== JSON.stringify(resumption)) {
    return { kind: 'not resumable', why: CHANGED, next: 'Look at it again before you resume it.' };
  }
  const tried: string[] = [];
  for (const call of movers) {
    const outcome = await session.api.send(call);
    if (outcome.kind === 'answered') return { kind: 'called', call, answer: outcome.answer, tried };
    tried.push(`${call.endpoint}: 404 ${outcome.detail}`);
  }
  throw new Failure('api-refused', `The platform knows neither the endpoint nor the flow: ${tried.join('; ')}.`, {
    next: `Check ${ways().apiAddress}, and that the flow belongs to the tenant of its record.`,
  });
}

/** A failure before the call. */
export function nothingSent({ code, message, next, cause }: Failure): Failure {
  return new Failure(code, /nothing was sent/i.test(message) ? message : `${message} Nothing was sent.`, {
    next,
    cause,
  });
}

function notResumable(
  { decision, calls, now, afterRepair }: Resumption,
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
  const why = now.obstacle ?? calls.map((call) => `${call.endpoint}: ${call.now.because}`).join('; ');
  if (afterRepair.movers.length > 0) {
    return { kind: 'not resumable', why, next: `Repair it first: ${ways().apply(flowId)}` };
  }
  if (afterRepair.obstacle !== null) {
    return {
      kind: 'not resumable',
      why: afterRepair.obstacle,
      next: `Look into it first: ${ways().diagnose(flowId)}`,
    };
  }
  return {
    kind: 'not resumable',
    why: `no resume call will ${decision.kind} it (${decision.why})`,
    next: 'Continue it from the platform.',
  };
}
