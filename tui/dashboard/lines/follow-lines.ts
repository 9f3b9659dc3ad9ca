import { type Line, type Sighting, span, visible } from '../../../shared/index.ts';
import type { Following } from '../state/panel.ts';
import { messages } from '../words/messages.ts';

/** What the platform answered, each look at the flow, and whether it moved. */
export function followLines(following: Following, now: number): Line[] {
  const { sightings, called, trouble } = following;
  return [
    ...(called ? answerLines(called) : []),
    ...sightings.map(sightingLine),
    ...(trouble ? [[span(`✖ ${visible(trouble.message)} ${messages.retrying}`, 'bad')]] : []),
    [],
    endLine(following, now),
  ];
}

function endLine({ sightings, startedAt, timeoutMs, ended }: Following, now: number): Line {
  switch (ended) {
    case 'moved':
      return [span(messages.movedTo(visible(sightings.at(-1)?.phase ?? messages.noPhase)), 'good')];
    case 'not moved':
      return [span(messages.didNotMove(timeoutMs / 1_000), 'bad')];
    case 'not judged':
      return [span(messages.movedNotJudged)];
    case 'lost':
      return [span(messages.lostSight, 'bad')];
    case undefined: {
      // The clock ticks once a second: it may be older than the start.
      const left = Math.ceil(Math.max(0, startedAt + timeoutMs - Math.max(now, startedAt)) / 1_000);
      return [span(messages.waitingToMove(messages.seconds(left)), 'note')];
    }
  }
}

function answerLines({ call, answer, tried }: NonNullable<Following['called']>): Line[] {
  return [
    ...tried.map((one): Line => [span(messages.tried(visible(one)), 'dim')]),
    [span(messages.answered(call.endpoint, visible(answer.message ?? answer.status ?? '200')))],
    [span(messages.answerIsNotMove, 'dim')],
    [],
  ];
}

function sightingLine({ at, status, masterStatus, phase, progress, moved }: Sighting): Line {
  const statuses =
    masterStatus === status
      ? messages.bothAre(visible(status))
      : messages.theyAre(visible(status), visible(masterStatus ?? messages.none));
  return [
    span(`${at.slice(11, 19)} `, 'dim'),
    span(moved ? '✔ ' : '· ', moved ? 'good' : 'dim'),
    span(`${visible(phase ?? messages.noPhase)}  ${messages.percent(String(progress ?? '?'))}  ${statuses}`),
  ];
}
