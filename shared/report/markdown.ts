import type { Diagnosis } from '../diagnose/diagnosis.ts';
import type { Finding } from '../diagnose/finding.ts';
import type { Scan } from '../diagnose/scan.ts';
import { severityMarks } from './severity-mark.ts';
import { visible } from './visible.ts';

/** A diagnosis for a ticket or a chat: Markdown that nothing inside the data can turn into markup. */
export function diagnosisMarkdown(diagnosis: Diagnosis): string {
  const { flowId, kind, verdict, headline, database, findings, processed, resume, recommended } = diagnosis;
  return [
    `# Flow ${flowId}`,
    '',
    `**${verdict.toUpperCase()}**: ${escaped(headline)} (${kind}, in ${escaped(database)}, checked ${diagnosis.checkedAt})`,
    '',
    '## Findings',
    '',
    ...(findings.length === 0 ? ['None.'] : findingTable(findings)),
    '',
    '## Phases',
    '',
    ...table(
      ['phase', 'state'],
      processed.map(({ phase, state }) => [phase, state.replaceAll('_', ' ')]),
    ),
    '',
    '## Resume',
    '',
    `${escaped(resume.decision)}${resume.fromPhase ? `, then ${resume.fromPhase}` : ''}: ${escaped(resume.why)}.`,
    ...(recommended.length === 0 ? [] : ['', '## Recommended, in this order', '']),
    ...recommended.map(({ order, text }) => `${order}. ${escaped(text)}`),
    '',
  ].join('\n');
}

/** A scan as a table, worst first. */
export function scanMarkdown(scan: Scan): string {
  const { totals } = scan;
  const counts = (['error', 'warning', 'info', 'healthy'] as const).map(
    (kind) => `${severityMarks[kind].glyph} ${totals[kind]} ${kind}`,
  );
  return [
    `# ${totals.flows} ${scan.kind} flows in ${escaped(scan.database)}`,
    '',
    `${counts.join(', ')}, checked ${scan.checkedAt}`,
    '',
    ...table(
      ['flow', 'phase', 'status', 'findings'],
      scan.flows.map(({ flowId, phase, status, findings }) => [
        flowId,
        phase ?? '',
        status,
        findings.map(({ severity, message }) => `${severityMarks[severity].glyph} ${message}`).join('; '),
      ]),
    ),
    '',
  ].join('\n');
}

function findingTable(findings: readonly Finding[]): string[] {
  return table(
    ['', 'finding', 'where', 'found', 'should be', 'because'],
    findings.flatMap(({ severity, message, evidence }) =>
      evidence.map((one) => [
        severityMarks[severity].glyph,
        message,
        `${one.table}.${one.column}`,
        one.found ?? 'NULL',
        one.expected ?? '',
        one.why,
      ]),
    ),
  );
}

/** A table whose cells are text and nothing else. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)];
}

/** Text that Markdown and the HTML inside it take as text. */
export function escaped(text: string): string {
  return visible(text).replaceAll(/[\\`*_{}[\]<>#|!~&]/g, (character) =>
    character === '<' ? '&lt;' : character === '>' ? '&gt;' : character === '&' ? '&amp;' : `\\${character}`,
  );
}
