import {
  diagnose,
  type LeftOut,
  openChoices,
  type Plan,
  type PlanOptions,
  planRepair,
  type Session,
  span,
  visible,
} from '../../shared/index.ts';
import type { Context } from '../command.ts';

/**
 * Asks for every choice that a fresh plan of one flow waits for, and plans with what was picked besides what was told
 * before; Enter leaves one open. Where nobody can be asked, the plan stays as it is and says what it left out.
 */
export async function chosen(context: Context, session: Session, plan: Plan, told: PlanOptions): Promise<Plan> {
  if (!context.interactive || context.output.json) return plan;
  const picks: Record<string, string> = {};
  for (const open of openChoices(plan, session)) {
    const value = await pick(context, open);
    if (value !== undefined) picks[open.rule] = value;
  }
  if (Object.keys(picks).length === 0) return plan;
  const { facts } = await diagnose(session, plan.flows[0] ?? '');
  return planRepair(session, facts, { ...told, choices: { ...told.choices, ...picks } });
}

async function pick({ output, ask }: Context, { rule, why, options }: LeftOut): Promise<string | undefined> {
  output.lines([
    [span(visible(rule), 'title'), span(`: ${visible(why)}`)],
    ...options.map(({ value, about }, index) => [
      span(`  ${index + 1}  `, 'note'),
      span(visible(value)),
      span(`  ${visible(about, 400)}`, 'dim'),
    ]),
  ]);
  const answer = await ask(`Which one, 1 to ${options.length}? Enter leaves it as it is: `);
  return options[Number(answer.trim()) - 1]?.value;
}
