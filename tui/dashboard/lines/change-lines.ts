import {
  alike,
  type Drift,
  type Line,
  type Plan,
  type RowChange,
  type Run,
  sameChange,
  span,
  visible,
} from '../../../shared/index.ts';
import { cell, widthOf } from '../screen/fit.ts';
import { messages } from '../words/messages.ts';

const LONGEST_COLUMN = 28;
/** Values of JSON columns are long; where both sides are, what they share at the start is left out. */
const LONG = 60;
const KEPT_BEFORE_DIFFERENCE = 20;
const MAX_CHARACTERS = 600;

/** Rows before → after: one column a line, two where they do not fit beside each other. */
export function changeLines(changes: readonly RowChange[], width: number): Line[] {
  const names = changes.flatMap(({ columns }) => columns.map(({ column }) => visible(column).length));
  const indent = Math.min(LONGEST_COLUMN, Math.max(0, ...names));
  return alike(changes, sameChange).flatMap(({ first: { record, table, key, columns }, all }, index): Line[] => [
    ...(index === 0 ? [] : [[]]),
    [
      span(`${messages.records[record]}  `, 'title'),
      span(`${visible(table.name)}  ${messages.rows(visible(key), all.length - 1)}`, 'dim'),
    ],
    ...columns.flatMap(({ column, before, after }): Line[] => {
      const skipped = sharedStart(before, after);
      const found: Line = [span('  '), cell(visible(column), indent), span(` ${shown(before, skipped)}`, 'bad')];
      const becomes: Line = [span(' → ', 'dim'), span(shown(after, skipped), 'good')];
      const beside = [...found, ...becomes];
      return widthOf(beside) <= width ? [beside] : [found, [span(' '.repeat(indent)), ...becomes]];
    }),
  ]);
}

/** What a run of the plan found that keeps it from being applied; empty where nothing does. */
export function hindranceLines(run: Run): Line[] {
  if (run.kind === 'ran') return [];
  if (run.kind === 'stale') return [[], [span(messages.staleNow, 'warn')], ...driftLines(run.drift)];
  return [[], [span(messages.wouldRollBack, 'bad')], ...run.problems.map((one): Line => [span(`  ✖ ${visible(one)}`)])];
}

export function driftLines(drift: readonly Drift[]): Line[] {
  return drift.map(({ table, column, planned, now, wanted }) => [
    span('  ▲ ', 'warn'),
    span(messages.drift(visible(`${table}.${column}`), shown(planned), shown(now))),
    ...(wanted === undefined ? [] : [span(messages.driftWanted(shown(wanted)), 'good')]),
  ]);
}

/** What the plan does not mend, and why. */
export function leftOutLines({ leftOut }: Plan): Line[] {
  if (leftOut.length === 0) return [];
  return [
    [],
    [span(messages.stillWrong, 'title')],
    ...leftOut.map(
      ({ rule, why }): Line => [span('  ○ ', 'note'), span(messages.leftOut(visible(rule), visible(why)))],
    ),
  ];
}

function sharedStart(before: string | null, after: string | null): number {
  if (before === null || after === null || (before.length <= LONG && after.length <= LONG)) return 0;
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  return Math.max(0, same - KEPT_BEFORE_DIFFERENCE);
}

function shown(value: string | null, skipped = 0): string {
  if (value === null) return messages.none;
  return skipped === 0 ? visible(value, MAX_CHARACTERS) : `…${visible(value.slice(skipped), MAX_CHARACTERS)}`;
}
