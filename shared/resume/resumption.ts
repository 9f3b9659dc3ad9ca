import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import { lacking, suppliedAfterRepair, suppliedNow } from '../rules/facts/lacking.ts';
import { rejectedMappings } from '../rules/facts/rejected-mappings.ts';
import type { Install } from '../rules/rule/rule-set.ts';
import { rulesWith } from '../rules/rule/rule-set.ts';
import { type ResumeCall, resumeCalls } from './calls.ts';
import { type Decision, decide, foreignIn } from './decide.ts';

/** What resuming a flow means, and how it can be done. */
export interface Resumption {
  readonly decision: Decision;
  /** Both calls, with the very requests. */
  readonly calls: readonly ResumeCall[];
  readonly now: Prospect;
  readonly afterRepair: Prospect;
}

interface Prospect {
  /**
   * The calls that will move the flow as decided, in the order to try them: the intelligent endpoint first, which older
   * installs answer with 404, then the standard one. Empty where neither will, or may.
   */
  readonly movers: readonly ResumeCall[];
  /** Why the flow must not be carried on, though a call would; null where nothing stands in the way. */
  readonly obstacle: string | null;
}

/** The effect that carries a decision out; the other decisions are not made by a call. */
const EFFECT_OF: Partial<Record<Decision['kind'], string>> = { approve: 'approves', continue: 'processes' };

/** Rules whose open choice must be made before resuming: it decides which data the flow goes on with. */
const CHOICES_BEFORE = ['several-imports', 'import-named-otherwise', 'mappings-differ'];

export function resumptionOf(facts: FlowFacts, install: Install): Resumption {
  const decision = decide(facts, install);
  const calls = resumeCalls(facts, decision, install.model);
  const anyway = obstacleToBoth(decision, facts, install);
  const prospect = (when: 'now' | 'afterRepair'): Prospect => {
    const obstacle = anyway ?? obstacleTo(decision, facts, install, when);
    const wanted = obstacle === null ? EFFECT_OF[decision.kind] : undefined;
    const movers = calls.filter((call) => call[when].effect === wanted);
    return { obstacle, movers: movers.sort((a, b) => a.endpoint.localeCompare(b.endpoint)) };
  };
  return { decision, calls, now: prospect('now'), afterRepair: prospect('afterRepair') };
}

/** What no repair takes out of the way: another tenant's records, or what a person rejected. */
function obstacleToBoth({ kind }: Decision, facts: FlowFacts, { model }: Install): string | null {
  if (kind !== 'approve' && kind !== 'continue') return null;
  return foreignIn(facts.rules) ?? (kind === 'approve' ? rejectedMappings(facts, model) : undefined) ?? null;
}

/** That a person has to choose first what goes on, or that the phase would find nothing to work with. */
function obstacleTo(
  decision: Decision,
  facts: FlowFacts,
  { model, catalog, rules }: Install,
  when: 'now' | 'afterRepair',
): string | null {
  if (decision.kind !== 'approve' && decision.kind !== 'continue') return null;
  if (when === 'afterRepair') {
    return lacking(decision.phase, suppliedAfterRepair(facts, model), model, catalog) ?? null;
  }
  const choice = rulesWith(rules, facts.rules).find(
    ({ id, fix }) => CHOICES_BEFORE.includes(id) && fix?.(facts, model).kind === 'choice',
  );
  if (choice) return `a person has to choose first (${choice.id})`;
  return lacking(decision.phase, suppliedNow(facts), model, catalog) ?? null;
}
