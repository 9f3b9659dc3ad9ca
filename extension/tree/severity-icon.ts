import * as vscode from 'vscode';
import type { Severity } from '../../shared/index.ts';

/** `not read`: it breaks a rule that could not be read again. */
type Shown = Severity | 'healthy' | 'not read';

const ICONS: Record<Shown, readonly [icon: string, colour: string]> = {
  error: ['error', 'list.errorForeground'],
  warning: ['warning', 'list.warningForeground'],
  info: ['info', 'notificationsInfoIcon.foreground'],
  healthy: ['pass', 'testing.iconPassed'],
  'not read': ['question', 'list.warningForeground'],
};

export function severityIcon(severity: Shown): vscode.ThemeIcon {
  const [icon, colour] = ICONS[severity];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
}
