import type { FlowModel } from '../flow/model.ts';
import type { Change } from '../repair/change.ts';
import { alike } from '../report/alike.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { FlowFacts } from './flow-facts.ts';
import type { Install } from './install.ts';
import type { Rule } from './rule.ts';
import { rulesWith } from './rule-set.ts';

type Recommended = Diagnosis['recommended'];

/** What to do, in order: mend what can be mended, let a person choose where one must, then resume. */
export function recommend(facts: FlowFacts, resume: Diagnosis['resume'], { model, rules }: Install): Recommended {
  const steps: Omit<Recommended[number], 'order'>[] = [];
  for (const rule of rulesWith(rules, facts.rules)) {
    const { id } = rule;
    if (rule.wayOut === 'resume') continue;
    const fix = rule.fix?.(facts, model);
    if (fix?.kind === 'changes') {
      steps.push({ action: 'apply', rule: id, text: wordsOfAll(fix.changes, model) });
    } else if (fix?.kind === 'choice' && rule.severity !== 'info') {
      steps.push({ action: 'choose', rule: id, text: `${rule.title}: ${fix.why}` });
    } else {
      steps.push({ action: 'look', rule: id, text: `${rule.title}: ${fix?.why ?? byHand(rule, facts, model)}` });
    }
  }
  if (resume.endpoint !== null) {
    const what = resume.decision === 'approve' ? 'approve the mappings' : 'continue';
    steps.push({
      action: 'resume',
      rule: null,
      text: `${what} by the ${resume.endpoint} resume endpoint; the flow goes on with ${resume.fromPhase}`,
    });
  }
  return steps.map((step, index) => ({ order: index + 1, ...step }));
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
export function wordsOf({ record, column, to }: Pick<Change, 'record' | 'column' | 'to'>, model: FlowModel): string {
  const target = `${model[record].table}.${column}`;
  if (to.kind === 'now') return `set ${target} to now`;
  if (to.kind === 'member') return `set ${target}.${to.key} to the mappings of the other record`;
  return `set ${target} to ${to.text ?? 'NULL'}`;
}
