import { type Plan, planText, span, writable } from '../../shared/index.ts';
import { CONFIRM_OPTION, type Command, type Context, REASON_OPTION, YES_OPTION } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { meansMany, sourceOf } from '../plan/flow-source.ts';
import { MANY_OPTIONS, planOfMany } from '../plan/many-flows.ts';
import { PLAN_ARGUMENT, PLAN_OPTIONS, planOf, planOptions } from '../plan/plan-argument.ts';
import { APPLY_MANY_OPTIONS, applyManyFlows } from '../run/apply-many.ts';
import { applyPlan } from '../run/apply-plan.ts';
import { chosen } from '../run/choose.ts';

export const applyCommand: Command = {
  ...PLAN_ARGUMENT,
  options: [YES_OPTION, REASON_OPTION, CONFIRM_OPTION, ...PLAN_OPTIONS, ...MANY_OPTIONS, ...APPLY_MANY_OPTIONS],
  async run(context, argument, options, all) {
    const source = sourceOf(all, options);
    const many = meansMany(source);
    const meant = many ? await planOfMany(context, all, options) : await planOf(context, argument, options);
    if (meant === undefined) return nothingToMend(context, undefined);
    const session = writable(meant.session);
    const asks = options.yes !== true && source === 'the id of a flow';
    const plan = asks ? await chosen(context, session, meant.plan, planOptions(options, session)) : meant.plan;
    if (plan.steps.every((step) => step.writes.length === 0)) return nothingToMend(context, plan);
    if (!many && plan.flows.length === 1) return applyPlan(context, session, plan, options, { kind: 'apply' });
    return applyManyFlows(context, session, plan, options, source === 'a saved plan' ? argument : undefined);
  },
};

/** @param plan without a write; undefined where no flow is meant */
function nothingToMend({ output }: Context, plan: Plan | undefined): ExitCode {
  const leftOut = plan?.leftOut ?? [];
  output.lines(plan && leftOut.length > 0 ? planText(plan) : [[span('Nothing to mend.', 'good')]]);
  output.document('apply', { schemaVersion: 1, outcome: { kind: 'nothing to mend', leftOut } });
  return leftOut.every(({ reason }) => reason === 'resume') ? exitCodes.done : exitCodes.refused;
}
