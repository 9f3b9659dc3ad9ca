import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import type { Finding } from '../../rules/finding/finding.ts';
import type { RuleSet } from '../../rules/rule/rule-set.ts';

export const Verdict = z.object({
  /**
   * `healthy`: no finding. `waiting`: nothing is wrong, a person's approval is due. `stuck`: an error keeps it from
   * moving. `out of step`: it may move, but its records disagree. `not judged`: the rules of this install are not known, or
   * none is left to be asked.
   */
  verdict: z.enum(['healthy', 'waiting', 'stuck', 'out of step', 'not judged']),
  /** One line: why. */
  headline: z.string(),
  /** The reasons one by one, worst first. */
  reasons: z.array(z.string()),
});

/** What says more than findings do. */
interface Circumstances {
  /** A person's approval is due. */
  readonly awaits: boolean;
  /** Why the flow goes on nowhere, however well its records agree. */
  readonly standstill: string | null;
  readonly rules: RuleSet;
  readonly catalog: Catalog;
}

export function verdictOf(
  findings: readonly Finding[],
  { awaits, standstill, rules, catalog }: Circumstances,
): z.infer<typeof Verdict> {
  if (rules.asked.length === 0) {
    return { verdict: 'not judged', headline: 'nothing was asked: no rule is left that could be', reasons: [] };
  }
  const wrong = findings.filter((finding) => finding.severity !== 'info');
  const reasons = findings.map((finding) => finding.message);
  if (wrong.some((finding) => finding.severity === 'error')) {
    const unseen = awaits && wrong.some(({ rule }) => rule === 'child-status-should-wait');
    const headline = unseen ? 'waits for an approval nobody was shown' : (reasons[0] ?? '');
    return { verdict: 'stuck', headline, reasons };
  }
  if (wrong.length > 0) return { verdict: 'out of step', headline: reasons[0] ?? '', reasons };
  if (awaits) return { verdict: 'waiting', headline: 'waits for a person to approve its mappings', reasons };
  // As a scan and the exit code have it: what a rule found, however small, is not nothing.
  if (reasons.length > 0) return { verdict: 'out of step', headline: reasons[0] ?? '', reasons };
  const tables = [catalog.child, catalog.master, catalog.import, catalog.rawRecords, catalog.mappingRows];
  const limits = [
    ...(tables.some((table) => table.row_security) ? ['row level security'] : []),
    ...(tables.some((table) => table.denied.length > 0) ? ['what it may read of their columns'] : []),
  ];
  const seen = limits.length === 0 ? '' : `, as far as ${limits.join(' and ')} lets this role see them`;
  const own = rules.notAsked.filter(({ custom }) => custom).map(({ rule }) => rule);
  const but = [
    ...(own.length > 0 ? [`${own.join(', ')} could not be asked`] : []),
    ...(standstill === null ? [] : [standstill]),
  ];
  return { verdict: 'healthy', headline: [`its records agree${seen}`, ...but].join('; '), reasons };
}
