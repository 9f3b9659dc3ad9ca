import type { Rule } from './rule.ts';

/** What a threshold counts. */
export type ThresholdName = 'hours' | 'retries';

/** The number in a rule that configuration may move. */
export interface Threshold {
  readonly name: ThresholdName;
  readonly value: number;
  /** The same rule with another number. */
  at(value: number): Rule;
}

/** A rule that is made from its number, and can be made from another one. */
export function withThreshold(
  name: ThresholdName,
  value: number,
  ruleAt: (value: number) => Omit<Rule, 'threshold'>,
): Rule {
  return { ...ruleAt(value), threshold: { name, value, at: (other) => withThreshold(name, other, ruleAt) } };
}
