import {
  diagnose,
  Failure,
  type Plan,
  type PlanOptions,
  planRepair,
  quotedName,
  readPlanFile,
  refuseUnjudged,
  type Session,
} from '../../shared/index.ts';
import type { CommandOption, Context, OptionValues } from '../command.ts';
import { isPlanFile } from './flow-source.ts';

/** A plan with the session for its flows. */
export interface Planned {
  readonly session: Session;
  readonly plan: Plan;
}

export const PLAN_ARGUMENT = {
  argument: '[plan-or-flow...]',
  argumentAbout: 'a saved plan, or the ids of flows',
} as const;

/** What a plan that is made now can be told. */
export const PLAN_OPTIONS: readonly CommandOption[] = [
  { flags: '--rule <id>', about: 'mend only what this rule finds; several times for several rules', repeatable: true },
  { flags: '--choose <rule=value>', about: 'what is picked where a person has to; several times', repeatable: true },
];

/**
 * The plan that an argument means, with the session for its flows: the saved one where it names a file, else a fresh one
 * for the flow.
 * @throws Failure of reading the file, or of the diagnosis
 */
export async function planOf(context: Context, argument: string, options: OptionValues): Promise<Planned> {
  if (argument === '') throw new Failure('usage', 'Which flow? Give its id, a saved plan, or --all.');
  if (!isPlanFile(argument)) {
    const session = await context.session(argument);
    refuseUnjudged(session);
    const { facts } = await diagnose(session, argument);
    return { session, plan: planRepair(session, facts, planOptions(options, session)) };
  }
  const plan = await readPlanFile(argument);
  const session = await context.session(plan.flows[0]);
  refuseUnjudged(session, plan.kind);
  return { session, plan };
}

/**
 * What `--rule` and `--choose` say.
 * @throws Failure `usage` for a rule that there is not, or a choice without a value
 */
export function planOptions({ rule, choose }: OptionValues, { rules }: Session): PlanOptions {
  const known = (id: string) => {
    if (rules.asked.some((one) => one.id === id)) return id;
    const why = rules.notAsked.find((one) => one.rule === id)?.why;
    throw new Failure('usage', `There is no rule${quotedName(id)} here${why ? `: ${why}` : ''}.`, {
      next: '`flowmend diagnose <flow> --json` names the rules of its findings.',
    });
  };
  return {
    ...(Array.isArray(rule) ? { rules: rule.map(known) } : {}),
    ...(Array.isArray(choose)
      ? { choices: Object.fromEntries(choose.map((one) => choiceOf(String(one), known))) }
      : {}),
  };
}

function choiceOf(text: string, known: (id: string) => string): [string, string] {
  const [rule = '', ...value] = text.split('=');
  if (value.length === 0) throw new Failure('usage', `--choose takes rule=value, not "${text}".`);
  return [known(rule.trim()), value.join('=').trim()];
}
