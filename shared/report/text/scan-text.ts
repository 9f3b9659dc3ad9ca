import type { Scan, ScannedFlow } from '../../diagnose/scan/scan.ts';
import type { Finding, Severity } from '../../rules/finding/finding.ts';
import { age } from '../../words/age.ts';
import { counted, number } from '../../words/counted.ts';
import { type Line, type Span, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { caveatMarks, caveatsOfScan } from '../marks/caveats.ts';
import { notJudgedLines } from '../marks/not-judged-lines.ts';
import { type Standing, severityMarks, standingOf } from '../marks/severity-mark.ts';

/** The fleet, worst first: one flow a line. */
export function scanText(scan: Scan): Line[] {
  return [
    ...notJudgedLines(scan),
    [span(`${visible(scan.database)}  ${scan.totals.flows} ${scan.kind} flows  `, 'title'), ...totalsSpans(scan)],
    [],
    ...scan.flows.map(flowLine),
    ...(scan.flows.length === 0 && scan.endedEarly === null ? [nothingFound(scan)] : []),
    ...restText(scan),
  ];
}

function restText(scan: Scan): Line[] {
  const lines = caveatsOfScan(scan).map(({ what, text }): Line => [span(visible(text, 400), caveatMarks[what].tone)]);
  return lines.length === 0 ? [] : [[], ...lines];
}

/** `✖ 10 error  ▲ 4 warning  ○ 3 info  ● 24 healthy` */
function totalsSpans(scan: Scan): Span[] {
  return kindsCounted(scan).map((kind) => {
    const mark = severityMarks[kind];
    return span(`${mark.glyph} ${countOf(scan, kind)} ${mark.word}  `, mark.tone);
  });
}

/** `40 flows: 7 errors, 4 warnings, 1 info, 28 healthy`, in one line without marks. */
export function totalsText(scan: Scan): string {
  const { totals, endedEarly, notJudged } = scan;
  const flows = counted(totals.flows, 'flow');
  if (notJudged !== undefined) return `${flows}, not judged. ${visible(notJudged, 1_000)}`;
  const counts = kindsCounted(scan).map((kind) => standingCounted(countOf(scan, kind), kind));
  const until = endedEarly === null ? '' : ` until it ended early: ${visible(endedEarly.message, 400)}`;
  return `${flows}: ${counts.join(', ')}${until}`;
}

/** `2 errors`, `1 warning`, `3 info`. */
function standingCounted(count: number, standing: Standing): string {
  const { word } = severityMarks[standing];
  return standing === 'error' || standing === 'warning' ? counted(count, word) : `${number(count)} ${word}`;
}

/** A tenant that was mistyped has no flows, and is not well for that. */
function nothingFound({ totals }: Scan): Line {
  return totals.flows === 0
    ? [span('There is no such flow: nothing was looked at.', 'warn')]
    : [span('No findings.', 'good')];
}

/** What the totals tell: of a scan that ended early not how many flows are well; where nothing is judged, that. */
export function kindsCounted({ endedEarly, notJudged }: Pick<Scan, 'endedEarly' | 'notJudged'>): Standing[] {
  if (notJudged !== undefined) return ['not judged'];
  return endedEarly ? ['error', 'warning', 'info'] : ['error', 'warning', 'info', 'healthy'];
}

export function countOf({ totals }: Scan, standing: Standing): number {
  return standing === 'not judged' ? totals.flows : totals[standing];
}

function flowLine(flow: ScannedFlow): Line {
  const mark = severityMarks[standingOf(flow)];
  return [
    span(`${mark.glyph} `, mark.tone),
    span(flow.flowId, 'title'),
    span(`  ${visible(flow.phase ?? '(no phase)', 22).padEnd(22)} ${visible(flow.status, 22).padEnd(22)}`),
    span(`${age(flow.updatedAt).padStart(7)}  `, 'dim'),
    span(summary(flow.findings), mark.tone),
  ];
}

/** `3 errors, 1 warning`; a single finding by its message. */
export function summary(findings: readonly Finding[]): string {
  const [first] = findings;
  if (first === undefined) return '';
  if (findings.length === 1) return visible(first.message);
  const count = (severity: Severity) => {
    const found = findings.filter((finding) => finding.severity === severity).length;
    return found === 0 ? [] : [standingCounted(found, severity)];
  };
  return [...count('error'), ...count('warning'), ...count('info')].join(', ');
}
