import {
  type Diagnosis,
  diagnose,
  Failure,
  type Line,
  refuseUnjudged,
  resume,
  resumeText,
  type Sighting,
  sessionUntil,
  span,
  standingIn,
  visible,
  type WriteSession,
  writable,
} from '../../shared/index.ts';
import { CONFIRM_OPTION, type Command, FLOW_ARGUMENT, YES_OPTION } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { named } from '../run/consent.ts';
import { follow, TIMEOUT_OPTION, timeoutOf } from '../run/follow.ts';
import { endedBefore, exitCodeOfSignal, takeSignals } from '../run/interrupt.ts';

export const resumeCommand: Command = {
  ...FLOW_ARGUMENT,
  options: [YES_OPTION, CONFIRM_OPTION, TIMEOUT_OPTION],
  async run(context, flow, options) {
    const { output, confirm } = context;
    const timeoutMs = timeoutOf(options);
    const opened = await context.session(flow);
    refuseUnjudged(opened);
    const session = writable(opened);
    const diagnosed = await diagnose(session, flow);
    const { diagnosis, facts } = diagnosed;
    if (options.yes !== true && diagnosis.resume.possible && !diagnosis.resume.repairFirst) {
      output.lines(requestLines(diagnosis, session.api?.label ?? ''));
      // The name of a production connection, typed, is the answer.
      if (!session.settings.production && !(await confirm('Send this call?'))) return exitCodes.notResumed;
    }
    const consent = await named(context, session, options);
    if (!consent) return exitCodes.notResumed;
    const call = untilSent(session);
    try {
      const outcome = await resume(call.session, diagnosed, consent);
      output.lines(resumeText(outcome));
      let last: Sighting | null = null;
      if (outcome.kind === 'called') {
        const { flowId } = diagnosis;
        last = await follow(output, call.session, { flowId, timeoutMs, fromPhase: standingIn(facts.row) });
      }
      output.document('resume', { schemaVersion: 1, outcome, moved: last?.moved ?? false, last });
      return last?.moved ? exitCodes.done : exitCodes.notResumed;
    } finally {
      call.close();
    }
  },
};

/** The session for the call and what follows it: what a signal ends, it says whether the call was sent. */
function untilSent(session: WriteSession): { readonly session: WriteSession; close(): void } {
  const controller = new AbortController();
  const { signal } = controller;
  let sent = false;
  const close = takeSignals((by) => {
    if (signal.aborted) process.exit(exitCodeOfSignal(by));
    controller.abort(sent ? endedAfterCall() : endedBefore(by, 'platform'));
  });
  const { api } = session;
  return {
    session: sessionUntil(
      {
        ...session,
        api: api && {
          ...api,
          send(call) {
            signal.throwIfAborted();
            sent = true;
            return api.send(call);
          },
        },
      },
      signal,
    ),
    close,
  };
}

function endedAfterCall(): Failure {
  return new Failure('cancelled', 'Ended after the call was sent: it is not known whether the flow moves.', {
    next: 'flowmend watch <flow> follows it.',
  });
}

/** The very request that would be sent, without the token. */
function requestLines({ resume: { decision, why, endpoint, calls }, flowId }: Diagnosis, api: string): Line[] {
  const call = calls.find((one) => one.endpoint === endpoint);
  if (!call) return [];
  return [
    [span(`${decision} ${flowId}: ${why}`)],
    [span(`${call.method} ${visible(api)}${call.path}`, 'title')],
    [span(visible(JSON.stringify(call.body), 4_000), 'dim')],
  ];
}
