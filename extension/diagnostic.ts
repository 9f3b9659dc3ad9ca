import * as vscode from 'vscode';
import { type Severity, visible } from '../shared/index.ts';
import type { Mark } from './documents/layout.ts';

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** Longest message in the Problems panel. */
const MAX_WORDS = 1_000;

export const DIAGNOSTIC_SOURCE = 'flowmend';

/** A finding as a diagnostic: the wrong value underlined, the rule as its code. */
export function diagnosticOf({ finding, line, from, to }: Mark): vscode.Diagnostic {
  const range = new vscode.Range(line, from, line, to);
  const why = finding.evidence.map((one) => one.why).join('; ');
  const diagnostic = new vscode.Diagnostic(
    range,
    visible(`${finding.message} (${why})`, MAX_WORDS),
    SEVERITIES[finding.severity],
  );
  diagnostic.source = DIAGNOSTIC_SOURCE;
  diagnostic.code = finding.rule;
  return diagnostic;
}
