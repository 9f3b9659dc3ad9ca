import { type FailedFlow, failed } from '../document/failed-flow.ts';
import type { PartRun } from './run-plan.ts';

/** The flows of a run to which nothing was written, each with one reason. */
export function leftUnwritten({ busy, drift, different, claimed }: PartRun): FailedFlow[] {
  const all: FailedFlow[] = [
    ...[...busy].map((flowId) => failed(flowId, 'busy', 'another session holds one of its rows')),
    ...[...different, ...claimed].map(({ flowId, what }) => failed(flowId, 'not verified', what)),
    ...drift.map(({ flowId, table, column }) => failed(flowId, 'stale', `${table}.${column} changed`)),
  ];
  return [...new Map(all.map((one) => [one.flowId, one])).values()];
}
