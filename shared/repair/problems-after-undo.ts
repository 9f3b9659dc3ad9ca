import type { PlanPart } from './plan-part.ts';
import type { RowChange } from './row-change.ts';
import type { PartRun } from './run-plan.ts';

/** Every column that the undo wrote must hold exactly what it held before. */
export function problemsAfterUndo({ steps }: PlanPart, changes: readonly RowChange[]): PartRun['problems'] {
  const changed = new Map(changes.map((change) => [change.key, change]));
  return steps.flatMap((step) =>
    step.writes.flatMap(({ column, to }) => {
      const written = changed.get(step.key)?.columns.find((one) => one.column === column);
      const restored = to.kind === 'text' && (written === undefined || written.after === to.text);
      const what = `${step.table.name}.${column} of ${step.key} was not restored exactly`;
      return restored ? [] : [{ flowId: step.flowId, what }];
    }),
  );
}
