import type { Scan, ScannedFlow } from '../../diagnose/scan/scan.ts';
import { caveatsOfScan } from '../marks/caveats.ts';
import { severityMarks } from '../marks/severity-mark.ts';
import { countOf, kindsCounted } from '../text/scan-text.ts';
import { caveatList, escaped, notJudgedQuote, table } from './markdown.ts';

/** A scan as a table, worst first; before it what the scan does not say. */
export function scanMarkdown(scan: Scan): string {
  const { totals } = scan;
  const counts = kindsCounted(scan).map((kind) => `${severityMarks[kind].glyph} ${countOf(scan, kind)} ${kind}`);
  const caveats = caveatList(caveatsOfScan(scan));
  return [
    ...notJudgedQuote(scan),
    `# ${totals.flows} ${scan.kind} flows in ${escaped(scan.database)}`,
    '',
    `${counts.join(', ')}, checked ${scan.checkedAt}`,
    '',
    ...(caveats.length === 0 ? [] : [...caveats, '']),
    ...table(
      ['flow', 'phase', 'status', 'findings'],
      scan.flows.map((flow) => [flow.flowId, flow.phase ?? '', flow.status, findingsOf(flow)]),
    ),
    '',
  ].join('\n');
}

function findingsOf({ findings, notJudged }: ScannedFlow): string {
  if (notJudged) return severityMarks['not judged'].word;
  return findings.map(({ severity, message }) => `${severityMarks[severity].glyph} ${message}`).join('; ');
}
