import { scanFlows } from '../../diagnose/scan/scan-flows.ts';
import type { Severity } from '../../rules/finding/finding.ts';
import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { Rule } from '../../rules/rule/rule.ts';
import type { RuleSet } from '../../rules/rule/rule-set.ts';
import type { Session } from '../../session.ts';

/** A rule whose findings a repair can mend, and how many flows break it. */
interface BrokenRule {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly flows: number;
}

export interface BrokenRules {
  /** In the order of the rule set; only those that some flow breaks. */
  readonly rules: readonly BrokenRule[];
  /** Flows that break at least one of them. */
  readonly flows: number;
}

/**
 * What there is to choose from before many flows are mended, counted over the whole fleet.
 * @throws Failure of the scan; `cancelled` after the signal
 */
export async function brokenRules(session: Session, signal?: AbortSignal): Promise<BrokenRules> {
  refuseUnjudged(session);
  const tally = openTally(session.rules);
  for await (const passed of scanFlows(session, { signal })) if (passed.kind === 'flow') tally.add(passed.flow.rules);
  return tally.counted();
}

/** The same counted over flows at hand, each by the ids of the rules that it breaks. */
export function brokenRulesOf(session: Session, flows: Iterable<readonly string[]>): BrokenRules {
  refuseUnjudged(session);
  const tally = openTally(session.rules);
  for (const violated of flows) tally.add(violated);
  return tally.counted();
}

/** The rules whose findings a repair can mend. */
export function mendableRules({ asked }: RuleSet): readonly Rule[] {
  return asked.filter((rule) => rule.fix);
}

function openTally(set: RuleSet) {
  const mendable = mendableRules(set);
  const counts = new Map(mendable.map(({ id }) => [id, 0]));
  let flows = 0;
  return {
    add(violated: readonly string[]) {
      const counted = violated.filter((rule) => counts.has(rule));
      for (const rule of counted) counts.set(rule, (counts.get(rule) ?? 0) + 1);
      if (counted.length > 0) flows++;
    },
    counted(): BrokenRules {
      const rules = mendable.map(({ id, title, severity }) => ({
        rule: id,
        title,
        severity,
        flows: counts.get(id) ?? 0,
      }));
      return { rules: rules.filter((one) => one.flows > 0), flows };
    },
  };
}
