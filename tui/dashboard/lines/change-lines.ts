import { type Drift, type Line, type Plan, type RowChange, type Run, span, visible } from '../../../shared/index.ts';
import { cell } from '../fit.ts';
import { messages } from '../messages.ts';

const COLUMN = 24;
/** Values of JSON columns are long; where both sides are, what they share at the start is left out. */
const LONG = 60;
const KEPT_BEFORE_DIFFERENCE = 20;
const MOST = 600;

/** Rows before → after, one column a line. */
export function changeLines(changes: readonly RowChange[]): Line[] {
  return changes.flatMap(({ record, table, key, columns }, index): Line[] => [
    ...(index === 0 ? [] : [[]]),
    [span(`${record}  `, 'title'), span(`${table.name}  ${messages.row(key)}`, 'dim')],
    ...columns.map(({ column, before, after }): Line => {
      const skipped = sharedStart(before, after);
      return [
        span('  '),
        cell(column, COLUMN),
        span(` ${shown(before, skipped)}`, 'bad'),
        span(' → ', 'dim'),
        span(shown(after, skipped), 'good'),
      ];
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
  return drift.map(({ table, column, planned, now }) => [
    span('  ▲ ', 'warn'),
    span(messages.drift(`${table}.${column}`, shown(planned), shown(now))),
  ]);
}

/** What the plan does not mend, and why. */
export function leftOutLines({ leftOut }: Plan): Line[] {
  if (leftOut.length === 0) return [];
  return [
    [],
    [span(messages.stillWrong, 'title')],
    ...leftOut.map(({ rule, why }): Line => [span('  ○ ', 'note'), span(messages.leftOut(rule, visible(why)))]),
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
  return skipped === 0 ? visible(value, MOST) : `…${visible(value.slice(skipped), MOST)}`;
}
