import {
  countOf,
  kindsCounted,
  type Line,
  type Scan,
  type Span,
  severityMarks,
  span,
  visible,
} from '../../../shared/index.ts';
import { fitted, spread, widthOf } from '../fit.ts';
import { messages } from '../messages.ts';
import type { State } from '../state.ts';
import { fleetHeading } from './fleet-lines.ts';

/** Older than this, and what is on the screen is no longer called live. */
const LATE_MS = 10_000;

/** Which database, how many flows in which state, and how fresh that is. A long name gives way to the numbers. */
export function headerLine(state: State, database: string, width: number, production?: string): Line {
  const { scan } = state;
  const name = span(`${messages.name}  `, 'title');
  const marked = production === undefined ? [] : [span(messages.production(visible(production)), 'bad')];
  const counts = scan ? totals(scan) : [];
  const fresh = [...accessSpans(state), ...freshness(state)];
  const room = width - widthOf([name, ...counts, ...fresh]) - 3;
  return spread(
    [name, ...fitted([...marked, span(visible(database))], Math.max(0, room)), span('  '), ...counts],
    fresh,
    width,
  );
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

function freshness({ scan, scannedAt, now, trouble }: State): Line {
  const past = Math.max(0, now - scannedAt);
  const age = ageOf(past);
  if (trouble) return [span(scan ? messages.offline(age) : messages.neverRead, 'bad')];
  if (!scan) return [span(messages.reading, 'dim')];
  return past > LATE_MS ? [span(messages.late(age), 'warn')] : [span(messages.live(age), 'good')];
}

function ageOf(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return seconds < 120 ? messages.seconds(seconds) : messages.minutes(Math.floor(seconds / 60));
}

/**
 * Under the header: why it is offline, the filter, that nothing is judged, or how much of the fleet is listed.
 * @param configured what is to be said of the configuration
 */
export function underHeaderLine(
  state: State,
  listed: number,
  index: number,
  width: number,
  configured: readonly string[] = [],
): Line {
  const { trouble, typing, filter, scan } = state;
  if (trouble) {
    const { message, next } = trouble;
    return fitted(
      [span(`✖ ${visible(message)} `, 'bad'), span(`${messages.retrying} `), span(visible(next), 'dim')],
      width,
    );
  }
  const noticed = fitted(
    configured.map((notice) => span(`▲ ${visible(notice)}  `, 'warn')),
    Math.floor(width / 2),
  );
  const unseen = scan && scan.notices.length > configured.length ? [span(messages.unseen, 'warn')] : [];
  const place = [...noticed, ...unseen, ...(listed > 0 ? [span(messages.place(index + 1, listed), 'dim')] : [])];
  if (typing || filter !== '') {
    const text = [
      span(messages.filter, 'note'),
      span(`${visible(filter)}${typing ? '▏' : ''}`),
      span(typing ? '' : `  ${messages.filterActive}`, 'dim'),
    ];
    return spread(text, place, width);
  }
  const cut = scan && scan.flows.length < scan.totals.flows;
  if (scan?.notJudged !== undefined) {
    const listing = cut ? `  ${messages.listed(scan.flows.length, scan.totals.flows)}` : '';
    return spread([span(messages.laterGeneration + listing, 'warn')], place, width);
  }
  const left = cut ? [span(messages.more(scan.flows.length, scan.totals.flows), 'warn')] : fleetHeading(width);
  return spread(left, place, width);
}
