import type { Diagnosis } from '../diagnose/diagnosis.ts';
import type { Finding } from '../diagnose/finding.ts';
import type { Scan } from '../diagnose/scan.ts';
import { duration } from './age.ts';
import { phaseMarkName, phaseMarks } from './phase-mark.ts';
import { severityMarks } from './severity-mark.ts';
import { visible } from './visible.ts';

/** The newest events; the whole list is in the JSON. */
const MOST_EVENTS = 30;

/** A diagnosis for a ticket or a chat: Markdown that nothing inside the data can turn into markup. */
export function diagnosisMarkdown(diagnosis: Diagnosis): string {
  const { flowId, kind, verdict, headline, database, findings, processed, gaps, resume, recommended } = diagnosis;
  const { timeline, rawData } = diagnosis;
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
      ['', 'phase', 'state', 'because'],
      processed.map((standing) => {
        const { glyph, word } = phaseMarks[phaseMarkName(standing)];
        return [glyph, standing.phase, word, standing.why];
      }),
    ),
    '',
    ...(gaps.length === 0 ? [] : ['## Gaps', '', ...gapTable(gaps), '']),
    '## Resume',
    '',
    `${escaped(resume.decision)}${resume.fromPhase ? `, then ${resume.fromPhase}` : ''}: ${escaped(resume.point?.why ?? resume.why)}.`,
    ...(recommended.length === 0 ? [] : ['', '## Recommended, in this order', '']),
    ...recommended.map(({ order, text }) => `${order}. ${escaped(text)}`),
    ...(timeline.events.length === 0 ? [] : ['', '## Timeline', '', ...timelineTable(timeline)]),
    ...(rawData === null ? [] : ['', '## Raw data', '', ...rawDataTable(rawData)]),
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

function gapTable(gaps: Diagnosis['gaps']): string[] {
  return table(
    ['kind', 'what', 'where'],
    gaps.map(({ kind, what, where }) => [kind, what, where]),
  );
}

function timelineTable({ events }: Diagnosis['timeline']): string[] {
  return table(
    ['when', 'after', 'what', 'where'],
    events
      .slice(-MOST_EVENTS)
      .map(({ at, afterMs, text, where }) => [at ?? '', afterMs === null ? '' : duration(afterMs), text, where]),
  );
}

function rawDataTable({ rows, total, fields }: NonNullable<Diagnosis['rawData']>): string[] {
  return [
    `${rows} of ${total ?? '?'} rows looked at.`,
    '',
    ...table(
      ['field', 'mapped', 'rows', 'empty', 'types', 'distinct', 'longest', 'samples'],
      fields.map((one) => [
        one.name,
        one.mapped ? 'yes' : 'no',
        ...[one.present, one.empty, one.types.join(', '), one.distinct, one.longest].map(String),
        one.samples.join(' · '),
      ]),
    ),
  ];
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
