import * as vscode from 'vscode';
import { type BrokenRules, severityMarks, visible } from '../shared/index.ts';

/** Which rule's flows are meant; `rules` is undefined where it is all that can be mended. Undefined: the person turned away. */
export async function pickRule({
  rules,
  flows,
}: BrokenRules): Promise<{ rules: readonly string[] | undefined } | undefined> {
  const each = rules.map((one) => ({
    label: `${severityMarks[one.severity].glyph} ${visible(one.rule)}`,
    description: counted(one.flows),
    detail: visible(one.title),
    rules: [one.rule],
  }));
  const all = { label: 'Any of these rules', description: counted(flows), detail: '', rules: undefined };
  return vscode.window.showQuickPick(each.length > 1 ? [...each, all] : each, {
    title: 'Flowmend: mend every flow that breaks which rule?',
    placeHolder: 'The next step shows which flows, and what would be written',
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
}

function counted(flows: number): string {
  return `${flows.toLocaleString('en-US')} ${flows === 1 ? 'flow' : 'flows'}`;
}
