import type { Diagnosis } from '../../../diagnosis/diagnosis.ts';
import type { ResumeCall } from '../../../resume/calls.ts';
import { bounded } from '../../../words/bounded.ts';
import { type Line, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';

/** Where it goes on and why, and whether a call does it. */
export function resumeLines({ resume }: Diagnosis): Line[] {
  const { point, possible, decision, fromPhase, repairFirst, endpoint, obstacle } = resume;
  const then = fromPhase === null ? '' : `: ${decision}, then ${fromPhase}`;
  const repair = repairFirst ? ', after its repair' : '';
  const can = possible ? `can be resumed by the ${endpoint} endpoint` : 'cannot be resumed by a call';
  const how = obstacle === null ? `${can}${then}${repair}` : `must not be resumed: ${visible(obstacle)}`;
  return [
    point === null
      ? [span('goes on nowhere'), span(`  because ${visible(resume.why)}`, 'dim')]
      : [span(`from ${point.phase}`, 'title'), span(`  because ${visible(point.why)}`, 'dim')],
    [span(how, possible ? 'good' : 'warn')],
    ...(resume.dataComplete ? [[span('all data needed to resume exists')]] : []),
  ];
}

/** One call with the very request, and what it would do now and after the repair. */
export function callLines(call: ResumeCall, chosen: string | null): Line[] {
  const mark = call.endpoint === chosen ? '→' : ' ';
  const { now, afterRepair } = call;
  return [
    [
      span(`${mark} ${call.endpoint.padEnd(12)} `, call.endpoint === chosen ? 'good' : 'plain'),
      span(`${call.method} ${call.path}`),
    ],
    ...Object.entries(call.headers).map(([name, value]): Line => [span(`    ${name}: ${visible(value)}`, 'dim')]),
    [span(`    body ${visible(JSON.stringify(bounded(call.body)), 4_000)}`, 'dim')],
    [span(`    now: ${now.effect} (${now.strategy}): ${visible(now.because)}`, 'dim')],
    [
      span(
        `    after the repair: ${afterRepair.effect} (${afterRepair.strategy}): ${visible(afterRepair.because)}`,
        'dim',
      ),
    ],
  ];
}
