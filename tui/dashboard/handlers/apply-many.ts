import {
  brokenRules,
  brokenRulesOf,
  DEFAULT_PACE,
  filterWords,
  flowsToMend,
  heldPlan,
  planMany,
  planSums,
  previewMany,
  type Session,
  writable,
} from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';
import { type Meant, ruleChoices } from '../state/many.ts';
import { messages } from '../words/messages.ts';
import { asksOf } from './ask-to-run.ts';

/** Counts the flows that break each rule, and lets a person pick: at first the rule of the flow at hand. */
export const chooseRule: Handler = async ({ session, flowId, signal, listed, show, notice }) => {
  const list = listed();
  const among = list.filter.trim() === '' ? undefined : list;
  const broken = among ? brokenRulesOf(session, among.flows.map(rulesOf)) : await brokenRules(session, signal);
  if (broken.flows === 0) return notice(messages.many.noneBroken, 'good');
  const own = list.flows.find((flow) => flow.flowId === flowId)?.findings.map(({ rule }) => rule) ?? [];
  const choices = ruleChoices(broken);
  const index = own.map((id) => choices.findIndex(({ rule }) => rule?.rule === id)).find((found) => found >= 0);
  show({ kind: 'rules', flowId: '', broken, among, index: index ?? 0 });
};

/** Resolves what is meant to ids, plans them as one plan, tries it out and asks. */
export function askApplyMany(meant: Meant): Handler {
  return async ({ session, signal, stage, show, notice }) => {
    const tell = (words: (done: number, all: number) => string) => (done: number, all: number) => {
      // Who went back does not wait for it, and the server does not work on.
      signal.throwIfAborted();
      stage('reading', words(done, all));
    };
    const { flowIds, chosenBy } = await flowsMeant(session, meant, signal);
    if (flowIds.length === 0) return notice(messages.many.noneBroken, 'good');
    const { rules } = meant;
    const whole = await planMany(session, flowIds, { rules, chosenBy, onProgress: tell(messages.many.planned) });
    const trial = await previewMany(writable(session), whole, tell(messages.many.tried));
    const plan = heldPlan(whole, trial);
    if (!plan) return show({ kind: 'none to mend', flowId: '', sums: planSums(whole), trial });
    const draft = { plan, sums: planSums(plan), trial, pace: DEFAULT_PACE };
    show({ kind: 'question', flowId: '', question: { kind: 'applyMany', ...draft, ...(await asksOf(session, plan)) } });
  };
}

async function flowsMeant(session: Session, { rules, among }: Meant, signal: AbortSignal) {
  const words = filterWords(session, { rules });
  if (among === undefined) {
    const { flowIds, found } = await flowsToMend(session, { rules }, signal);
    return { flowIds, chosenBy: messages.many.chosen(words, found) };
  }
  const broken = among.flows.filter((flow) => {
    const own = rulesOf(flow);
    return rules ? own.some((rule) => rules.includes(rule)) : brokenRulesOf(session, [own]).flows > 0;
  });
  return {
    flowIds: broken.map((flow) => flow.flowId),
    chosenBy: messages.many.chosenListed(words, among.filter.trim(), broken.length),
  };
}

function rulesOf({ findings }: { readonly findings: readonly { readonly rule: string }[] }): readonly string[] {
  return findings.map(({ rule }) => rule);
}
