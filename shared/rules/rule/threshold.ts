import type { Rule, ThresholdName } from './rule.ts';

/** A rule that is made from its number, and can be made from another one. */
export function withThreshold(
  name: ThresholdName,
  value: number,
  ruleAt: (value: number) => Omit<Rule, 'threshold'>,
): Rule {
  return { ...ruleAt(value), threshold: { name, value, at: (other) => withThreshold(name, other, ruleAt) } };
}
