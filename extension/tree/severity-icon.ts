import * as vscode from 'vscode';
import type { Severity } from '../../shared/index.ts';

const ICONS: Record<Severity | 'healthy', readonly [icon: string, colour: string]> = {
  error: ['error', 'list.errorForeground'],
  warning: ['warning', 'list.warningForeground'],
  info: ['info', 'notificationsInfoIcon.foreground'],
  healthy: ['pass', 'testing.iconPassed'],
};

export function severityIcon(severity: Severity | 'healthy'): vscode.ThemeIcon {
  const [icon, colour] = ICONS[severity];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
}
