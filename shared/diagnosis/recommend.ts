import type { Change } from '../flow/change.ts';
import type { FlowModel } from '../flow/model.ts';
import { draft } from '../repair/plan/plan-repair.ts';
import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import type { Rule } from '../rules/rule/rule.ts';
import { rulesWith } from '../rules/rule/rule-set.ts';
import type { Session } from '../session.ts';
import { alike } from '../words/alike.ts';
import type { Diagnosis } from './diagnosis.ts';

type Recommended = Diagnosis['recommended'];
type Step = Omit<Recommended[number], 'order'>;

/**
 * What to do, in order: mend what the plan mends, let a person choose where one must, then resume.
 * @param standstill why the flow goes on nowhere, where no finding says it
 */
export function recommend(
  facts: FlowFacts,
  resume: Diagnosis['resume'],
  standstill: string | null,
  session: Session,
): Recommended {
  const steps = rulesWith(session.rules, facts.rules).flatMap((rule): Step[] => stepFor(rule, facts, resume, session));
  if (resume.endpoint !== null) {
    const what = resume.decision === 'approve' ? 'approve the mappings' : 'continue';
    const text = `${what} by the ${resume.endpoint} resume endpoint; the flow goes on with ${resume.fromPhase}`;
    steps.push({ action: 'resume', rule: null, text });
  } else if (resume.obstacle !== null || (standstill !== null && steps.length === 0)) {
    steps.push({ action: 'look', rule: null, text: lookText(resume, standstill) });
  }
  return steps.map((step, index) => ({ order: index + 1, ...step }));
}

function stepFor(rule: Rule, facts: FlowFacts, resume: Diagnosis['resume'], session: Session): Step[] {
  const { id, title } = rule;
  if (rule.wayOut === 'resume') return [];
  const look = (why: string): Step[] => [{ action: 'look', rule: id, text: `${title}: ${why}` }];
  if (!rule.fix) return look(byHand(rule, facts, session.model));
  const drafted = draft(rule, facts, session, undefined);
  if (drafted.kind === 'changes') {
    return [{ action: 'apply', rule: id, text: wordsOfAll(drafted.changes, session.model) }];
  }
  const { reason, why } = drafted.leftOut;
  // What is only worth a note is chosen where nothing else gets the flow to move.
  const due = rule.severity !== 'info' || (resume.fromPhase !== null && resume.endpoint === null);
  return reason === 'choice' && due ? [{ action: 'choose', rule: id, text: `${title}: ${why}` }] : look(why);
}

/** What a person has to see to where no call may or will move the flow. */
function lookText({ obstacle, decision }: Diagnosis['resume'], standstill: string | null): string {
  if (obstacle !== null) return `do not resume it before this is mended: ${obstacle}`;
  if (decision === 'regenerate') return `have the platform make the mappings again: ${standstill}`;
  if (decision === 'restart') return `start it again from the platform: ${standstill}`;
  return standstill ?? '';
}

/** What the rule itself says; of a time or a number of tries no stored value is wrong, and the evidence says it. */
function byHand({ help, threshold, explain }: Rule, { row }: FlowFacts, model: FlowModel): string {
  const instead = threshold && explain(row, model).evidence[0]?.why;
  return help ?? instead ?? 'mend it by hand';
}

function wordsOfAll(changes: readonly Change[], model: FlowModel): string {
  return alike(changes, (change) => wordsOf(change, model))
    .map(({ first, all }) => `${wordsOf(first, model)}${all.length > 1 ? ` in ${all.length} rows` : ''}`)
    .join('; ');
}

/** One change in words: `set discovery_flows.status to waiting_for_approval`. */
function wordsOf({ record, column, to }: Pick<Change, 'record' | 'column' | 'to'>, model: FlowModel): string {
  const target = `${model[record].table}.${column}`;
  if (to.kind === 'now') return `set ${target} to now`;
  if (to.kind === 'member') return `set ${target}.${to.key} to the mappings of the other record`;
  return `set ${target} to ${to.text ?? 'NULL'}`;
}
