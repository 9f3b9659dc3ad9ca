import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { caveatMarks, caveatsOf } from '../marks/caveats.ts';
import { notJudgedLines } from '../marks/not-judged-lines.ts';
import { verdictTones } from '../marks/verdict-tone.ts';
import { findingLines } from './diagnosis/finding-lines.ts';
import { gapLines } from './diagnosis/gap-lines.ts';
import { importLines } from './diagnosis/import-lines.ts';
import { linkLines } from './diagnosis/link-lines.ts';
import { mappingLines } from './diagnosis/mapping-lines.ts';
import { phaseLines } from './diagnosis/phase-lines.ts';
import { rawDataLines } from './diagnosis/raw-data-lines.ts';
import { persistedLines, recordLines } from './diagnosis/record-lines.ts';
import { callLines, resumeLines } from './diagnosis/resume-lines.ts';
import { timelineLines } from './diagnosis/timeline-lines.ts';

/** A whole diagnosis as lines, in the order in which a tired person reads: why, what to do, then everything else. */
export function diagnosisText(diagnosis: Diagnosis): Line[] {
  const { resume } = diagnosis;
  if (diagnosis.notJudged !== undefined) return storedText(diagnosis);
  return [
    ...heading(diagnosis),
    ...section('why', diagnosis.findings.flatMap(findingLines), nothingFound(diagnosis)),
    ...section('resume', resumeLines(diagnosis)),
    ...section('recommended, in this order', recommendedLines(diagnosis), nothingToDo(diagnosis)),
    ...section('phases, as processed', diagnosis.processed.map(phaseLines)),
    ...section('records', diagnosis.records.flatMap(recordLines)),
    ...section('persisted', persistedLines(diagnosis)),
    ...section('gaps', gapLines(diagnosis.gaps), 'None.'),
    ...(diagnosis.fieldMappings ? section('field mappings', mappingLines(diagnosis)) : []),
    ...(diagnosis.import ? section('data import', importLines(diagnosis.import)) : []),
    ...section('where its id and its links are stored', linkLines(diagnosis.links)),
    ...section('timeline', timelineLines(diagnosis.timeline), 'No time is stored.'),
    ...(diagnosis.rawData ? section('raw data', rawDataLines(diagnosis.rawData)) : []),
    ...section(
      'resume calls',
      resume.calls.flatMap((call) => callLines(call, resume.endpoint)),
      'None.',
    ),
    ...(caveats(diagnosis).length > 0 ? section('what could not be said', caveats(diagnosis)) : []),
  ];
}

function nothingFound({ verdict }: Diagnosis): string {
  return verdict === 'not judged' ? 'Nothing was asked.' : 'No finding: its records agree.';
}

/** Of a flow that nothing was asked about nobody knows what to do. */
export function nothingToDo({ verdict }: Diagnosis): string {
  return verdict === 'not judged' ? 'Nothing is known.' : 'Nothing to do.';
}

/** What is stored, of a flow that is not judged. */
function storedText(diagnosis: Diagnosis): Line[] {
  return [
    ...notJudgedLines(diagnosis),
    ...heading(diagnosis),
    ...section('records', diagnosis.records.flatMap(recordLines)),
    ...section('where its id and its links are stored', linkLines(diagnosis.links)),
    ...section('timeline', timelineLines(diagnosis.timeline), 'No time is stored.'),
    ...(caveats(diagnosis).length > 0 ? section('what could not be said', caveats(diagnosis)) : []),
  ];
}

/** The first lines: which flow, and why it is stuck. */
function heading({ flowId, kind, name, verdict, headline, database }: Diagnosis): Line[] {
  return [
    [
      span('Flow '),
      span(flowId, 'title'),
      span(`  ${kind}  `),
      span(`${verdict.toUpperCase()}: ${visible(headline)}`, verdictTones[verdict]),
    ],
    [span(`${name === null ? 'without a name' : visible(name)}, in ${visible(database)}`, 'dim')],
  ];
}

function section(title: string, lines: readonly Line[], empty?: string): Line[] {
  const body = lines.length === 0 && empty !== undefined ? [[span(empty)]] : lines;
  return [[], [span(title, 'title')], ...body.map((line) => [span('  '), ...line])];
}

/** What to do is no stored value: it is never cut in the middle. */
const MAX_WORDS = 2_000;

function recommendedLines({ recommended }: Diagnosis): Line[] {
  return recommended.map(({ order, action, text }) => [
    span(`${order}. ${action.padEnd(7)} `, 'note'),
    span(visible(text, MAX_WORDS)),
  ]);
}

function caveats(diagnosis: Diagnosis): Line[] {
  return caveatsOf(diagnosis).map(({ what, text }) => [span(visible(text, MAX_WORDS), caveatMarks[what].tone)]);
}
