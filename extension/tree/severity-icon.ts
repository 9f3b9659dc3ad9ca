import * as vscode from 'vscode';
import type { Standing } from '../../shared/index.ts';

const ICONS: Record<Standing, readonly [icon: string, colour: string]> = {
  error: ['error', 'list.errorForeground'],
  warning: ['warning', 'list.warningForeground'],
  info: ['info', 'notificationsInfoIcon.foreground'],
  healthy: ['pass', 'testing.iconPassed'],
  'not judged': ['circle-outline', 'disabledForeground'],
};

export function severityIcon(standing: Standing): vscode.ThemeIcon {
  const [icon, colour] = ICONS[standing];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
}
