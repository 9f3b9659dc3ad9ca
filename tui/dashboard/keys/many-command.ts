import { type PaceField, paceWith } from '../../../shared/index.ts';
import { type ManyPanel, type Mending, ruleChoices } from '../state/many.ts';
import type { Question } from '../state/panel.ts';
import type { Answer } from '../state/state.ts';
import { messages } from '../words/messages.ts';
import type { KeyCommand } from './key-command.ts';
import { GO_ON_KEY, PACE_KEYS } from './many-keys.ts';

const NOTHING: KeyCommand = { do: 'nothing' };

/** What a key means where a rule is chosen: it moves by so many rows, picks, or goes back. */
export function ruleCommand(
  key: string,
  panel: Extract<ManyPanel, { kind: 'rules' }>,
  by: number | undefined,
): KeyCommand {
  const { broken, among, index } = panel;
  const choices = ruleChoices(broken);
  if (key === 'escape' || key === 'q') return { do: 'back', event: { type: 'panel closed' } };
  if (key === 'enter') {
    const picked = choices[index];
    if (!picked) return NOTHING;
    return { do: 'pick rule', meant: { rules: picked.rule && [picked.rule.rule], among } };
  }
  if (by === undefined) return NOTHING;
  const to = Math.max(0, Math.min(index + by, choices.length - 1));
  return { do: 'change', event: { type: 'panel opened', panel: { ...panel, flowId: '', index: to } } };
}

const PACE_FIELDS = Object.keys(PACE_KEYS) as PaceField[];

export function isPaceField(asked: Answer['asked']): asked is PaceField {
  return asked in PACE_KEYS;
}

/** What a key means in the question before many flows are mended: it asks for a number of the pace. */
export function paceCommand(key: string, { kind }: Question): KeyCommand | undefined {
  const field = PACE_FIELDS.find((one) => PACE_KEYS[one] === key);
  if (kind !== 'applyMany' || field === undefined) return undefined;
  return { do: 'change', event: { type: 'answering', answer: { asked: field, text: '', reason: '' } } };
}

/** The question with the number that was typed; without one it stays as it was. */
export function pacedQuestion(question: Question, field: PaceField, text: string): KeyCommand {
  if (question.kind !== 'applyMany') return NOTHING;
  const pace = text.trim() === '' ? question.pace : paceWith(question.pace, field, text);
  if (pace === undefined) {
    return { do: 'change', event: { type: 'noticed', text: messages.many.notAPace[field], tone: 'warn' } };
  }
  const panel = { kind: 'question', flowId: '', question: { ...question, pace } } as const;
  return { do: 'change', event: { type: 'panel opened', panel } };
}

/** What a key means while many flows are mended; undefined: what it means everywhere. */
export function mendingCommand(key: string, { asks }: Mending): KeyCommand | undefined {
  if (asks) {
    if (key === GO_ON_KEY) return { do: 'steer', to: 'pause' };
    return ['n', 'x', 'q', 'escape'].includes(key) ? { do: 'steer', to: 'stop' } : undefined;
  }
  if (key === 'p') return { do: 'steer', to: 'pause' };
  if (['x', 'q', 'escape'].includes(key)) return { do: 'steer', to: 'stop' };
  return undefined;
}
