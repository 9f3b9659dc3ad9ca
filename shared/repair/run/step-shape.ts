import type { Step } from '../document/plan.ts';

/** Steps that one statement handles as one: the same table, the same columns guarded, the same kinds of values written. */
export interface Shape {
  readonly record: Step['record'];
  readonly guarded: readonly string[];
  readonly writes: Step['writes'];
  readonly steps: readonly Placed[];
}

/** A step with its place in the plan. */
interface Placed {
  readonly step: Step;
  readonly position: number;
}

/** The steps by shape, in the order in which shapes are met. */
export function shapesOf(steps: readonly Step[]): Shape[] {
  const placed = steps.map((step, position): Placed => ({ step, position }));
  return [...Map.groupBy(placed, ({ step }) => shapeKey(step)).values()].map((group) => {
    const { step } = group[0] as Placed;
    return { record: step.record, guarded: Object.keys(step.guard), writes: step.writes, steps: group };
  });
}

function shapeKey({ record, guard, writes }: Step): string {
  return JSON.stringify([
    record,
    Object.keys(guard),
    writes.map(({ column, to }) => [column, to.kind, to.kind === 'member' ? to.key : '']),
  ]);
}
