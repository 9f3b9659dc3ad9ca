import type { Rule } from '../rule/rule.ts';
import type { RuleSetting } from './rule-setting.ts';

/** The rules as configuration wants them: with another severity or threshold, or left out where they are `off`. */
export function configuredRules(
  rules: readonly Rule[],
  settings: Readonly<Record<string, RuleSetting | undefined>>,
): Rule[] {
  return rules.flatMap((rule) => {
    const setting = settings[rule.id] ?? {};
    const { severity = rule.severity, ...thresholds } = typeof setting === 'string' ? { severity: setting } : setting;
    return severity === 'off' ? [] : [{ ...movedTo(rule, thresholds), severity }];
  });
}

function movedTo(rule: Rule, thresholds: Readonly<Record<string, number | undefined>>): Rule {
  const value = rule.threshold && thresholds[rule.threshold.name];
  return value === undefined ? rule : (rule.threshold?.at(value) ?? rule);
}
