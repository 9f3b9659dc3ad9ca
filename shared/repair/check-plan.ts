import type { Rule } from '../diagnose/rule.ts';
import { ruleById } from '../diagnose/rule-set.ts';
import type { Session } from '../session.ts';
import { PLAN_LIFETIME_MS, type Plan, type Step } from './plan.ts';
import { columnsOf } from './plan-repair.ts';

/** Clocks of two machines may differ by this much. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/**
 * Why a repair plan cannot be one that Flowmend made here; undefined where it could be. Its hash only shows that a plan was
 * not changed after it was written, and anyone can compute one: so a plan may write only what the rules that it mends may
 * write, guarded by everything that they rest on.
 */
export function forgeryIn(plan: Plan, { rules, model, catalog }: Session): string | undefined {
  const [created, expires] = [Date.parse(plan.createdAt), Date.parse(plan.expiresAt)];
  if (expires - created > PLAN_LIFETIME_MS || created > Date.now() + CLOCK_SKEW_MS) return 'its times cannot be';
  if (plan.kind === 'undo') return undefined;
  const seen = new Set<string>();
  const mendsOf = Map.groupBy(plan.mends, ({ flowId }) => flowId);
  for (const step of plan.steps) {
    const place = `${step.record} ${step.key}`;
    if (seen.has(place)) return `it has two steps for ${place}`;
    seen.add(place);
    if (!plan.flows.includes(step.flowId)) return `${place} belongs to none of its flows`;
    const { schema, name } = catalog[step.record];
    if (step.table.schema !== schema || step.table.name !== name) return `${place} names another table than it is in`;
    const mended: Rule[] = [];
    for (const { rule: id } of mendsOf.get(step.flowId) ?? []) {
      const rule = ruleById(rules, id);
      if (!rule?.fix) return `${id} is no rule that mends anything here`;
      mended.push(rule);
    }
    const guarded = new Set(mended.flatMap((rule) => columnsOf(rule.restsOn, step.record, model, catalog)));
    const unguarded = [...guarded].find((column) => !(column in step.guard));
    if (unguarded !== undefined) return `${place} is not guarded by ${unguarded}`;
    const written = step.writes.find((write) => !mayWrite(write, step, mended));
    if (written) return `${place} sets ${written.column}, which none of the rules that it mends may write`;
  }
  return undefined;

  function mayWrite(write: Step['writes'][number], { record }: Step, mended: readonly Rule[]): boolean {
    if (write.rule === null) {
      return record !== 'rawRecords' && write.to.kind === 'now' && write.column === model[record].columns.updatedAt;
    }
    const rule = mended.find(({ id }) => id === write.rule);
    return columnsOf(rule?.writes ?? {}, record, model, catalog).includes(write.column);
  }
}
