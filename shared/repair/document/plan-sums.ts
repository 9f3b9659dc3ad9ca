import type { TableName } from '../../database/sql/identifier.ts';
import type { LeftOut, Plan } from './plan.ts';

/** A plan of many flows in numbers: what a person can take in of it before they agree. The largest counts first. */
export interface PlanSums {
  /** Flows that have something to write, in the order of the plan. */
  readonly flows: readonly string[];
  readonly mended: readonly { readonly rule: string; readonly findings: number }[];
  readonly written: readonly { readonly table: TableName; readonly rows: number }[];
  readonly leftOut: readonly {
    readonly rule: string;
    readonly reason: LeftOut['reason'];
    readonly findings: number;
  }[];
  /** Flows of the plan that have nothing to write. */
  readonly idle: number;
}

export function planSums({ flows, steps, mends, leftOut }: Plan): PlanSums {
  const written = steps.filter((step) => step.writes.length > 0);
  const writing = new Set(written.map((step) => step.flowId));
  return {
    flows: flows.filter((flowId) => writing.has(flowId)),
    mended: counted(mends, ({ rule }) => rule).map(([{ rule }, findings]) => ({ rule, findings })),
    written: counted(written, ({ table }) => `${table.schema}.${table.name}`).map(([{ table }, rows]) => ({
      table,
      rows,
    })),
    leftOut: counted(leftOut, ({ rule, reason }) => `${rule} ${reason}`).map(([{ rule, reason }, findings]) => ({
      rule,
      reason,
      findings,
    })),
    idle: flows.length - writing.size,
  };
}

/** One of each kind, with how many there are of it. */
function counted<T>(all: readonly T[], kind: (one: T) => string): [T, number][] {
  return [...Map.groupBy(all, kind).values()]
    .flatMap((alike): [T, number][] => (alike[0] === undefined ? [] : [[alike[0], alike.length]]))
    .sort((a, b) => b[1] - a[1]);
}
