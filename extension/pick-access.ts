import * as vscode from 'vscode';
import type { AccessMark } from './access-mark.ts';

const MOST_CHARACTERS = 60;
const CHOICES: readonly (vscode.QuickPickItem & { kept: AccessMark['kind'] })[] = [
  { kept: 'writable', label: '$(edit) Ask before each write', detail: 'For development and tests' },
  {
    kept: 'production',
    label: '$(warning) Production',
    detail: 'Each write also asks for a reason, and for the name of the connection to be typed',
  },
  { kept: 'read-only', label: '$(lock) Read-only', detail: 'Nothing is written and nothing is sent' },
];

/**
 * How carefully the connection is written to; for production also its name. Undefined where the person turns away.
 * @param now how it is marked: who only presses Enter leaves it so
 */
export async function pickAccess(title: string, now: AccessMark | undefined): Promise<AccessMark | undefined> {
  const asNow = CHOICES.filter(({ kept }) => kept === now?.kind).map((one) => ({ ...one, description: 'as now' }));
  const others = CHOICES.filter(({ kept }) => kept !== now?.kind);
  const picked = await vscode.window.showQuickPick([...asNow, ...others], {
    title,
    placeHolder: 'How is it written to?',
    ignoreFocusOut: true,
  });
  if (!picked) return undefined;
  if (picked.kept !== 'production') return { kind: picked.kept };
  const typed = await vscode.window.showInputBox({
    title,
    prompt: 'What is it called? This name is to be typed before each write.',
    placeHolder: 'incident-db',
    ...(now?.kind === 'production' ? { value: now.name } : {}),
    ignoreFocusOut: true,
    validateInput: problemIn,
  });
  const name = typed?.trim();
  return name ? { kind: 'production', name } : undefined;
}

function problemIn(name: string): string | undefined {
  if (name.trim() === '') return 'A name that somebody would not type by accident';
  if (/\p{Control}/u.test(name)) return 'It cannot be typed with a control character in it';
  return name.length > MOST_CHARACTERS ? `At most ${MOST_CHARACTERS} characters` : undefined;
}
