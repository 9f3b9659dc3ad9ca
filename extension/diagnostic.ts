import * as vscode from 'vscode';
import type { Severity } from '../shared/index.ts';
import type { Mark } from './documents/layout.ts';

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

export const DIAGNOSTIC_SOURCE = 'flowmend';

/** A finding as a diagnostic: the wrong value underlined, the rule as its code. */
export function diagnosticOf({ finding, line, from, to }: Mark): vscode.Diagnostic {
  const range = new vscode.Range(line, from, line, to);
  const why = finding.evidence.map((one) => one.why).join('; ');
  const diagnostic = new vscode.Diagnostic(range, `${finding.message} (${why})`, SEVERITIES[finding.severity]);
  diagnostic.source = DIAGNOSTIC_SOURCE;
  diagnostic.code = finding.rule;
  return diagnostic;
}
