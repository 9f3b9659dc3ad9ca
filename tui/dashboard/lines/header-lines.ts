import {
  countOf,
  kindsCounted,
  type Line,
  type Scan,
  type Span,
  severityMarks,
  span,
  visible,
  type Wait,
} from '../../../shared/index.ts';
import { fitted, spread, widthOf } from '../screen/fit.ts';
import type { State } from '../state/state.ts';
import { type Trouble, troubleKind } from '../state/trouble.ts';
import { messages } from '../words/messages.ts';
import { fleetHeading } from './fleet-lines.ts';

/** Older than this, and what is on the screen is no longer called live. */
const LATE_MS = 10_000;
const MAX_LABEL = 1_000;

/** Which database this is, and what has to be known of it at a glance. */
export interface Place {
  /** With its host. */
  readonly database: string;
  /** The name of a production connection. */
  readonly production?: string | undefined;
  readonly kind: 'demo' | 'connection';
}

/**
 * Which database, how many flows in which state, and how fresh that is. Where it is narrow the name of the program and the
 * numbers give way to the database, the errors last; a database that is wider still loses its middle.
 */
export function headerLine(state: State, { database, production, kind }: Place, width: number): Line {
  const demo = kind === 'demo' ? [span(messages.demo, 'note')] : [];
  const marked = production === undefined ? [] : [span(messages.production(visible(production)), 'bad')];
  const fresh = [...accessSpans(state), ...freshness(state)];
  const room = width - widthOf([...demo, ...marked, ...fresh]) - 1;
  const which = [
    ...demo,
    ...marked,
    span(middleCut(visible(database, MAX_LABEL), room), kind === 'demo' ? 'note' : 'plain'),
  ];
  const name = span(`${messages.name}  `, 'title');
  const counts = countsFromMost(state.scan);
  const candidates = [
    ...counts.slice(0, 1).map((all): Line => [name, ...which, ...all]),
    ...counts.map((some): Line => [...which, ...some]),
  ];
  return spread(candidates.find((line) => widthOf([...line, ...fresh]) < width) ?? which, fresh, width);
}

/** The name of the database stands at the start, its host at the end. */
function middleCut(text: string, width: number): string {
  if (widthOf([span(text)]) <= width) return text;
  const characters = [...text];
  const kept = Math.max(0, width - 1);
  const start = Math.floor(kept / 3);
  return `${characters.slice(0, start).join('')}…${characters.slice(characters.length - kept + start).join('')}`;
}

/** All counts, then ever fewer: the flows that are well go first, then how many there are at all, the errors last. */
function countsFromMost(scan: Scan | undefined): Line[] {
  const [flows, ...kinds] = scan ? totals(scan) : [];
  if (!flows) return [[]];
  const fewer = kinds.map((_, less) => kinds.slice(0, kinds.length - less));
  const both = fewer.filter((some) => some.length >= 2).map((some) => [flows, ...some]);
  return [...(both.length > 0 ? both : [[flows, ...kinds]]), ...fewer.slice(-2)].map((line) => [span('  '), ...line]);
}

/** What may be written from here, where that is not everything. */
function accessSpans({ access }: State): Span[] {
  return access === 'unlocked' ? [] : [span(`${messages.access[access]}  `, access === 'read-only' ? 'warn' : 'note')];
}

function totals(scan: Scan): Span[] {
  return [
    span(`${messages.flows(scan.totals.flows)} `),
    ...kindsCounted(scan).map((kind) => {
      const { glyph, word, tone } = severityMarks[kind];
      return span(` ${glyph} ${countOf(scan, kind)} ${kind === 'not judged' ? `${word} ` : ''}`, tone);
    }),
  ];
}

function freshness({ scan, scannedAt, now, trouble, wait }: State): Line {
  const past = Math.max(0, now - scannedAt);
  const age = ageOf(past);
  if (trouble) {
    const kind = troubleKind(trouble);
    const words = messages.troubles[kind](scan ? age : undefined);
    return [span(words, kind === 'slow' ? 'warn' : 'bad')];
  }
  if (!scan) return [span(messages.reading, 'dim')];
  if (past > LATE_MS && wait) return [span(messages.troubles.slow(age), 'warn')];
  return past > LATE_MS ? [span(messages.late(age), 'warn')] : [span(messages.live(age), 'good')];
}

function ageOf(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return seconds < 120 ? messages.seconds(seconds) : messages.minutes(Math.floor(seconds / 60));
}

/**
 * Under the header: why it is offline, the filter, that nothing is judged, or what the columns of the list are.
 * @param configured what is to be said of the configuration
 */
export function underHeaderLine(
  state: State,
  listed: number,
  index: number,
  width: number,
  configured: readonly string[] = [],
): Line {
  const { trouble, typing, filter, scan, wait, now } = state;
  if (wait && !typing && (trouble === undefined || troubleKind(trouble) === 'slow')) {
    return fitted(waitLine(wait, now), width);
  }
  if (trouble) return fitted(troubleLine(trouble), width);
  const noticed = fitted(
    configured.map((notice) => span(`▲ ${visible(notice)}  `, 'warn')),
    Math.floor(width / 2),
  );
  const unseen = scan && scan.notices.length > configured.length ? [span(messages.unseen, 'warn')] : [];
  const place = [...noticed, ...unseen, ...placeSpans(state, listed, index)];
  if (typing || filter !== '') {
    const text = [
      span(messages.filter, 'note'),
      span(`${visible(filter)}${typing ? '▏' : ''}`),
      span(typing ? '' : `  ${messages.filterActive}`, 'dim'),
    ];
    return spread(text, place, width);
  }
  if (scan?.notJudged !== undefined) return spread([span(messages.laterGeneration, 'warn')], place, width);
  return spread(fleetHeading(width), place, width);
}

/** What went wrong, and that it is tried again. */
export function troubleLine(trouble: Trouble): Line {
  const tone = troubleKind(trouble) === 'slow' ? 'warn' : 'bad';
  return [
    span(`${tone === 'warn' ? '▲' : '✖'} ${visible(trouble.message)} `, tone),
    span(`${messages.retrying} `),
    span(visible(trouble.next), 'dim'),
  ];
}

/** What the server works on for long, and who keeps it waiting, as far as it says so. */
function waitLine({ since, blockedBy }: Wait, now: number): Line {
  return [
    span(messages.runs(ageOf(Math.max(0, now - since))), 'warn'),
    ...blockedBy.map(({ pid, user, query }, index) =>
      span(
        `${index === 0 ? messages.blockedBy : '; '}${messages.blocker(pid, visible(user ?? ''), visible(query ?? ''))}`,
      ),
    ),
  ];
}

function placeSpans({ unlisted }: State, listed: number, index: number): Span[] {
  if (listed === 0) return [];
  return unlisted ? [span(messages.unlistedPlace, 'warn')] : [span(messages.place(index + 1, listed), 'dim')];
}
