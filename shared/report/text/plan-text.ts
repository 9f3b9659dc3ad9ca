import stringWidth from 'string-width';
import type { Plan, Step } from '../../repair/document/plan.ts';
import { type RowChange, sameChange } from '../../repair/document/row-change.ts';
import type { Drift } from '../../repair/run/drift.ts';
import type { Run } from '../../repair/run/run-plan.ts';
import { type Alike, alike } from '../../words/alike.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { shown, tableName } from '../marks/shown.ts';
import { writtenValue } from '../marks/written-value.ts';
import { choiceOption } from './choices-text.ts';
import { manyPlanText } from './many-text.ts';
import { undoneText } from './way-back-text.ts';

/** A plan for review: every row, what is written and why, what must still be true, and what is left out. */
export function planText(plan: Plan): Line[] {
  if (plan.flows.length > 1 && plan.kind === 'repair') return manyPlanText(plan);
  const what = plan.kind === 'undo' ? `Undo of receipt ${plan.undoes}` : 'Repair plan';
  return [
    [span(what, 'title'), span(` for ${plan.flows.join(', ')} in ${visible(plan.database)}`)],
    [span(`valid until ${plan.expiresAt}, hash ${visible(plan.hash.slice(0, 16))}`, 'dim')],
    ...alike(plan.steps, ({ record, guard, writes }) => [record, guard, writes]).flatMap(stepLines),
    ...(plan.steps.some((step) => step.writes.length > 0) ? [] : [[], [span('Nothing to write.')]]),
    ...(plan.leftOut.length === 0 ? [] : [[], [span('left out', 'title')] as Line]),
    ...plan.leftOut.flatMap(({ rule, reason, why, options }): Line[] => [
      [span(`  ${visible(rule)} (${reason}): `, 'note'), span(visible(why))],
      ...options.map(
        ({ value, about }): Line => [span(`    ${choiceOption(rule, value)}`), span(`  ${visible(about, 400)}`, 'dim')],
      ),
    ]),
  ];
}

function stepLines({ first: { table, key, writes, guard }, all }: Alike<Step>): Line[] {
  const guards = Object.keys(guard).filter((column) => !writes.some((write) => write.column === column));
  return [
    [],
    [span(tableName(table), 'title'), span(` ${rowsWords(key, all.length)}`, 'dim')],
    ...writes.map(({ column, to, why }): Line => {
      const before = column in guard ? shown(guard[column] ?? null) : '…';
      return [
        span(`  ${visible(column).padEnd(24)} `),
        span(before.startsWith('sha256:') ? 'as read' : before, 'bad'),
        span(' → ', 'dim'),
        span(writtenValue(to), 'good'),
        span(`  ${visible(why)}`, 'dim'),
      ];
    }),
    ...(guards.length === 0
      ? []
      : [[span(`  only if unchanged: ${guards.map((name) => visible(name)).join(', ')}`, 'dim')]]),
  ];
}

/**
 * What a run of the plan did to the rows, as the database shows them; or why it did not run.
 * @param width columns of the terminal, for before and after beside each other; undefined: one below the other
 */
export function runText(run: Run, width?: number): Line[] {
  if (run.kind === 'stale') return driftText(run.drift);
  const problems = run.kind === 'not verified' ? run.problems : [];
  return [
    ...changesText(run.changes, width),
    ...(problems.length === 0 ? [] : [[span('It would be rolled back:', 'bad')] as Line]),
    ...problems.map((problem): Line => [span(`  ✖ ${visible(problem, 600)}`, 'bad')]),
    ...(run.kind === 'ran' ? notesText(run.notes) : []),
    ...undoneText(run),
  ];
}

/** Findings that came or went since a plan was made: they decide nothing of what it writes. */
export function notesText(notes: readonly string[] = []): Line[] {
  return notes.map((note): Line => [span(`  ▲ ${visible(note)}; nothing that is written rests on it`, 'warn')]);
}

/** Rows before and after: beside each other where the width allows, else one column a line. */
export function changesText(changes: readonly RowChange[], width?: number): Line[] {
  return alike(changes, sameChange).flatMap(({ first: { table, key, columns }, all }): Line[] => [
    [span(tableName(table), 'title'), span(` ${rowsWords(key, all.length)}`, 'dim')],
    ...columns.flatMap(({ column, before, after }): Line[] => {
      const beside = width === undefined ? undefined : besideEachOther(column, shown(before), shown(after), width);
      if (beside) return [beside];
      return [
        [span(`  - ${visible(column).padEnd(24)} ${shown(before)}`, 'bad')],
        [span(`  + ${visible(column).padEnd(24)} ${shown(after)}`, 'good')],
      ];
    }),
  ]);
}

const NAME_WIDTH = 24;

/** `  column   before   │ after`; undefined where a side does not fit into its half. */
function besideEachOther(column: string, before: string, after: string, width: number): Line | undefined {
  const half = Math.floor((width - NAME_WIDTH - 6) / 2);
  const padding = half - stringWidth(before);
  if (padding < 0 || stringWidth(after) > half) return undefined;
  return [
    span(`  ${visible(column).padEnd(NAME_WIDTH)} `),
    span(before + ' '.repeat(padding), 'bad'),
    span(' │ ', 'dim'),
    span(after, 'good'),
  ];
}

/** Which rows: one by its key, several by the first and their number. */
export function rowsWords(key: string, rows: number): string {
  return rows === 1 ? `id ${visible(key)}` : `id ${visible(key)} and ${rows - 1} more alike`;
}

/** Why a plan is stale, three ways: what it was made from, what stands there now, what it would have written. */
export function driftText(drift: readonly Drift[]): Line[] {
  return drift.map(({ table, column, planned, now, wanted }) => [
    span('  ▲ ', 'warn'),
    span(visible(`${table}.${column}`)),
    span(' planned from ', 'dim'),
    span(shown(planned)),
    span(', now ', 'dim'),
    span(shown(now), 'warn'),
    ...(wanted === undefined ? [] : [span(', wanted ', 'dim'), span(shown(wanted), 'good')]),
  ]);
}
