import type { Scan, ScannedFlow } from '../diagnose/scan.ts';
import { escaped, table, unsaidList } from './markdown.ts';
import { kindsCounted } from './scan-text.ts';
import { severityMarks } from './severity-mark.ts';
import { unsaidOfScan } from './unsaid.ts';

/** A scan as a table, worst first; before it what the scan does not say. */
export function scanMarkdown(scan: Scan): string {
  const { totals } = scan;
  const counts = kindsCounted(scan).map((kind) => `${severityMarks[kind].glyph} ${totals[kind]} ${kind}`);
  const unsaid = unsaidList(unsaidOfScan(scan));
  return [
    `# ${totals.flows} ${scan.kind} flows in ${escaped(scan.database)}`,
    '',
    `${counts.join(', ')}, checked ${scan.checkedAt}`,
    '',
    ...(unsaid.length === 0 ? [] : [...unsaid, '']),
    ...table(
      ['flow', 'phase', 'status', 'findings'],
      scan.flows.map((flow) => [flow.flowId, flow.phase ?? '', flow.status, findingsOf(flow)]),
    ),
    '',
  ].join('\n');
}

function findingsOf({ findings }: ScannedFlow): string {
  return findings.map(({ severity, message }) => `${severityMarks[severity].glyph} ${message}`).join('; ');
}
