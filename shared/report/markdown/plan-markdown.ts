import type { Plan, Step } from '../../repair/document/plan.ts';
import type { RowChange } from '../../repair/document/row-change.ts';
import type { Run } from '../../repair/run/run-plan.ts';
import { MAX_WRITTEN, writtenValue } from '../marks/written-value.ts';
import { choiceOption } from '../text/choices-text.ts';
import { undoneWords } from '../text/way-back-text.ts';
import { escaped, table } from './markdown.ts';

/** A plan for a ticket or a review: every row, what it becomes and why, what must still be true. */
export function planMarkdown(plan: Plan): string {
  const what = plan.kind === 'undo' ? `Undo of receipt ${plan.undoes}` : 'Repair plan';
  return [
    `# ${what} for ${plan.flows.join(', ')}`,
    '',
    `In ${escaped(plan.database)}, made ${plan.createdAt}, valid until ${plan.expiresAt}, hash \`${plan.hash}\``,
    '',
    '## Writes',
    '',
    ...(plan.steps.some((step) => step.writes.length > 0) ? writesTable(plan.steps) : ['Nothing to write.']),
    '',
    '## Only if unchanged',
    '',
    ...table(
      ['row', 'column', 'planned from'],
      plan.steps.flatMap((step) =>
        Object.entries(step.guard).map(([column, value]) => [rowOf(step), column, value ?? 'NULL']),
      ),
    ),
    ...(plan.leftOut.length === 0 ? [] : ['', '## Left out', '']),
    ...plan.leftOut.flatMap(({ rule, reason, why, options }) => [
      `- ${escaped(rule)} (${reason}): ${escaped(why)}`,
      ...options.map(({ value, about }) => `  - ${escaped(choiceOption(rule, value))}: ${escaped(about)}`),
    ]),
    '',
  ].join('\n');
}

/** What a run of a plan did to the rows, as a table; or why it did not run. */
export function runMarkdown(run: Run): string {
  if (run.kind === 'stale') {
    const rows = run.drift.map((one) => [
      `${one.table}.${one.column}`,
      one.planned ?? 'NULL',
      one.now ?? 'NULL',
      one.wanted === undefined ? '' : (one.wanted ?? 'NULL'),
    ]);
    return ['**stale**', '', ...table(['column', 'planned from', 'now', 'wanted'], rows), ''].join('\n');
  }
  const problems =
    run.kind === 'not verified' ? run.problems.map((one) => `- it would be rolled back: ${escaped(one)}`) : [];
  const undone = undoneWords(run).map((words) => escaped(words));
  return [...changesTable(run.changes), '', ...problems, ...undone, ''].join('\n');
}

/** A value that is written, with what stands around it. */
const MAX_CELL = 2 * MAX_WRITTEN;

function writesTable(steps: readonly Step[]): string[] {
  return table(
    ['row', 'column', 'from', 'to', 'why'],
    steps.flatMap((step) =>
      step.writes.map(({ column, to, why }) => [rowOf(step), column, step.guard[column] ?? '', writtenValue(to), why]),
    ),
    MAX_CELL,
  );
}

/** Rows before and after, a changed column a line. */
export function changesTable(changes: readonly RowChange[]): string[] {
  return table(
    ['row', 'column', 'before', 'after'],
    changes.flatMap((change) =>
      change.columns.map(({ column, before, after }) => [rowOf(change), column, before ?? 'NULL', after ?? 'NULL']),
    ),
  );
}

function rowOf({ table: { schema, name }, key }: Pick<Step, 'table' | 'key'>): string {
  return `${schema}.${name} ${key}`;
}
