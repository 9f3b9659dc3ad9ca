import { z } from 'zod';
import { rules } from '../builtin/index.ts';
import { Severity } from '../finding/finding.ts';
import type { Rule, ThresholdName } from '../rule/rule.ts';

const Choice = z.enum([...Severity.options, 'off']);

const thresholds: Record<ThresholdName, z.ZodNumber> = {
  hours: z.number().positive().max(100_000).describe('From so many hours on the rule holds.'),
  retries: z.int().min(0).max(1_000_000).describe('Above so many retries the rule holds.'),
};

function settingOf({ threshold }: Rule) {
  const shape: z.ZodRawShape = { severity: Choice.optional() };
  return z.union([
    Choice,
    z.strictObject(threshold ? { ...shape, [threshold.name]: thresholds[threshold.name].optional() } : shape),
  ]);
}

/** What configuration says of one rule: another severity, `off`, another threshold. */
export type RuleSetting =
  | z.infer<typeof Choice>
  | ({ readonly severity?: z.infer<typeof Choice> | undefined } & {
      readonly [N in ThresholdName]?: number | undefined;
    });

export const RuleSettings: z.ZodType<Readonly<Record<string, RuleSetting | undefined>>> = z.strictObject(
  Object.fromEntries(rules.map((rule) => [rule.id, settingOf(rule).optional().describe(rule.title)])),
);
