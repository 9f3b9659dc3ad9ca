import type { Command } from './command.ts';
import { type ManyPanel, ruleChoices } from './many.ts';

const NOTHING: Command = { do: 'nothing' };

/** What a key means where a rule is chosen: it moves by so many rows, picks, or goes back. */
export function ruleCommand(
  key: string,
  panel: Extract<ManyPanel, { kind: 'rules' }>,
  by: number | undefined,
): Command {
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

/** What a key means while many flows are mended; undefined: what it means everywhere. */
export function mendingCommand(key: string): Command | undefined {
  if (key === 'p') return { do: 'steer', to: 'pause' };
  if (key === 'x' || key === 'escape') return { do: 'steer', to: 'stop' };
  return undefined;
}
