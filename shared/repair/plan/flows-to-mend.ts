import { scanFlows } from '../../diagnose/scan/scan-flows.ts';
import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import { rulesWith } from '../../rules/rule/rule-set.ts';
import type { Session } from '../../session.ts';
import { mendableRules } from './broken-rules.ts';

export interface FlowFilter {
  /** Flows that break one of these; undefined: any that a repair may mend. */
  readonly rules?: readonly string[] | undefined;
  /** A client_account_id. */
  readonly tenant?: string | undefined;
  readonly statuses?: readonly string[] | undefined;
  /** Most flows. */
  readonly limit?: number | undefined;
}

export interface FlowsToMend {
  /** The longest untouched first. */
  readonly flowIds: readonly string[];
  /** How many the filter finds, without its limit. */
  readonly found: number;
}

/**
 * Resolves a filter to flow ids, once: from here on these flows are meant, however the fleet moves.
 * @throws Failure of the scan; `cancelled` after the signal
 */
export async function flowsToMend(
  session: Session,
  { rules, limit, ...selection }: FlowFilter,
  signal?: AbortSignal,
): Promise<FlowsToMend> {
  refuseUnjudged(session);
  const wanted = new Set(rules ?? mendableRules(session.rules).map((rule) => rule.id));
  const found: { flowId: string; updatedAt: string }[] = [];
  for await (const passed of scanFlows(session, { ...selection, signal })) {
    if (passed.kind !== 'flow' || !passed.flow.rules.some((rule) => wanted.has(rule))) continue;
    found.push({ flowId: passed.flow.flowId, updatedAt: passed.flow.updatedAt });
  }
  found.sort((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt) || (a.flowId < b.flowId ? -1 : 1));
  return { flowIds: found.slice(0, limit).map((one) => one.flowId), found: found.length };
}

/** A filter in words: `all flows with progress-out-of-step, status running`. */
export function filterWords(session: Session, { rules, tenant, statuses, limit }: FlowFilter): string {
  return [
    `all flows with ${
      rules
        ? rulesWith(session.rules, rules)
            .map((rule) => rule.id)
            .join(' or ')
        : 'a finding that can be mended'
    }`,
    ...(statuses ? [`status ${statuses.join(' or ')}`] : []),
    ...(tenant ? [`client ${tenant}`] : []),
    ...(limit === undefined ? [] : [`at most ${limit}`]),
  ].join(', ');
}
