import { failureOfFlow } from '../rules/facts/failure-of-flow.ts';
import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import type { Install } from '../rules/rule/rule-set.ts';
import { doubtOf } from './decide.ts';
import type { Resumption } from './resumption.ts';

/**
 * Why an open flow will not progress although no rule reports an error: it failed, or it waits for nothing that a call could
 * give. Null where it goes on, or has nothing to go on with.
 */
export function standstillOf(facts: FlowFacts, { decision, afterRepair }: Resumption, install: Install): string | null {
  const { status, phase_open } = facts.row;
  if (phase_open === null || facts.row.childless) return null;
  const { model, catalog } = install;
  const failure = failureOfFlow(facts, model, catalog);
  if (failure !== undefined) return failure;
  if (model.statuses.working.includes(status)) return doubtOf(facts, install) ? decision.why : null;
  if (!model.statuses.waiting.includes(status) || afterRepair.movers.length > 0) return null;
  return afterRepair.obstacle ?? decision.why;
}
