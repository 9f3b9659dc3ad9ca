import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Finding } from '../../rules/finding/finding.ts';
import { age, duration } from '../../words/age.ts';
import { caveatsOf } from '../marks/caveats.ts';
import { phaseMarkName, phaseMarks } from '../marks/phase-mark.ts';
import { severityMarks } from '../marks/severity-mark.ts';
import { shown } from '../marks/shown.ts';
import { importLines } from '../text/diagnosis/import-lines.ts';
import { held, linkMark } from '../text/diagnosis/link-lines.ts';
import { mappingLines } from '../text/diagnosis/mapping-lines.ts';
import { rawDataRemarks } from '../text/diagnosis/raw-data-lines.ts';
import { absent, persistedLines } from '../text/diagnosis/record-lines.ts';
import { callLines, resumeLines } from '../text/diagnosis/resume-lines.ts';
import { nothingToDo } from '../text/diagnosis-text.ts';
import { caveatList, escaped, listed, listedUnder, notJudgedQuote, table } from './markdown.ts';

/** The newest events; the whole list is in the JSON. */
const MAX_EVENTS = 30;
/** What to do is no stored value: it is never cut in the middle. */
const MAX_WORDS = 2_000;

/**
 * A diagnosis for a ticket or a chat, with everything that the text shows: Markdown that nothing inside the data can turn
 * into markup.
 */
export function diagnosisMarkdown(diagnosis: Diagnosis): string {
  const { flowId, kind, name, verdict, headline, database, resume, rawData } = diagnosis;
  const head = [
    ...notJudgedQuote(diagnosis),
    `# Flow ${flowId}`,
    '',
    `**${verdict.toUpperCase()}**: ${escaped(headline)} (${kind}, in ${escaped(database)}, checked ${diagnosis.checkedAt})`,
    '',
    name === null ? 'Without a name.' : `Its name: ${escaped(name)}`,
  ];
  if (diagnosis.notJudged !== undefined) return [...head, ...storedSections(diagnosis), ''].join('\n');
  return [
    ...head,
    ...section('Findings', findingTable(diagnosis.findings), verdict === 'not judged' ? 'Nothing was asked.' : 'None.'),
    ...section('Resume', listed(resumeLines(diagnosis))),
    ...section('Recommended, in this order', recommendedList(diagnosis), nothingToDo(diagnosis)),
    ...section('Phases', phaseTable(diagnosis)),
    ...section('Records', recordTable(diagnosis)),
    ...section('Persisted', listed(persistedLines(diagnosis))),
    ...section('Gaps', gapTable(diagnosis.gaps), 'None.'),
    ...section('Field mappings', listed(mappingLines(diagnosis))),
    ...section('Data import', diagnosis.import ? listed(importLines(diagnosis.import)) : []),
    ...section('Where its id and its links are stored', linkTable(diagnosis.links)),
    ...section('Timeline', timelineTable(diagnosis.timeline), 'No time is stored.'),
    ...section('Raw data', rawData ? rawDataTable(rawData) : []),
    ...section(
      'Resume calls',
      resume.calls.flatMap((call) => listedUnder(callLines(call, resume.endpoint))),
      'None.',
    ),
    ...section('What could not be said', caveatList(caveatsOf(diagnosis))),
    '',
  ].join('\n');
}

/** What is stored, of a flow that is not judged. */
function storedSections(diagnosis: Diagnosis): string[] {
  return [
    ...section('Records', recordTable(diagnosis)),
    ...section('Where its id and its links are stored', linkTable(diagnosis.links)),
    ...section('Timeline', timelineTable(diagnosis.timeline), 'No time is stored.'),
    ...section('What could not be said', caveatList(caveatsOf(diagnosis))),
  ];
}

/** Nothing where there is nothing to show and no word for that. */
function section(title: string, body: readonly string[], empty?: string): string[] {
  if (body.length > 0) return ['', `## ${title}`, '', ...body];
  return empty === undefined ? [] : ['', `## ${title}`, '', empty];
}

/** A table; nothing where it has no rows. */
function filled(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : table(head, rows);
}

function findingTable(findings: readonly Finding[]): string[] {
  return filled(
    ['', 'finding', 'where', 'found', 'should be', 'because'],
    findings.flatMap(({ severity, message, evidence }) =>
      evidence.map((one) => [
        severityMarks[severity].glyph,
        message,
        `${one.table}.${one.column}`,
        shown(one.found),
        one.expected ?? '',
        one.why,
      ]),
    ),
  );
}

function recommendedList({ recommended }: Diagnosis): string[] {
  return recommended.map(({ order, text }) => `${order}. ${escaped(text, MAX_WORDS)}`);
}

function phaseTable({ processed }: Diagnosis): string[] {
  return table(
    ['', 'phase', 'state', 'because'],
    processed.map((standing) => {
      const { glyph, word } = phaseMarks[phaseMarkName(standing)];
      return [glyph, standing.phase, word, standing.why];
    }),
  );
}

function recordTable({ records }: Diagnosis): string[] {
  return table(
    ['', 'record', 'column', 'value', 'should be'],
    records.flatMap((record) => {
      const { table: name, role, found, values, shouldBe, updatedAt } = record;
      return [
        [found ? '' : '✖', `${name} (${role})`, '', found ? updated(updatedAt) : absent(record), ''],
        ...Object.entries(values).map(([column, value]) => [
          column in shouldBe ? '✖' : '',
          name,
          column,
          shown(value),
          shouldBe[column] ?? '',
        ]),
      ];
    }),
  );
}

function updated(at: string | null): string {
  return at === null ? '' : `updated ${at}, ${age(at)} ago`;
}

function gapTable(gaps: Diagnosis['gaps']): string[] {
  return filled(
    ['kind', 'what', 'where'],
    gaps.map(({ kind, what, where }) => [kind, what, where]),
  );
}

function linkTable(links: Diagnosis['links']): string[] {
  return filled(
    ['', 'column', 'holds', 'what belongs there'],
    links.map((link) => [linkMark(link).glyph, `${link.table}.${link.column}`, held(link), link.meaning]),
  );
}

function timelineTable({ events, leftOut }: Diagnosis['timeline']): string[] {
  const newest = events.slice(-MAX_EVENTS);
  const earlier = leftOut + events.length - newest.length;
  return [
    ...(earlier > 0 ? [`… ${earlier} earlier`, ''] : []),
    ...filled(
      ['when', 'after', 'what', 'where'],
      newest.map(({ at, afterMs, text, where }) => [
        at ?? 'without a time',
        afterMs === null ? '' : duration(afterMs),
        text,
        where,
      ]),
    ),
  ];
}

function rawDataTable(rawData: NonNullable<Diagnosis['rawData']>): string[] {
  const { fields, fieldCount } = rawData;
  return [
    ...listed(rawDataRemarks(rawData)),
    '',
    ...filled(
      ['field', 'mapped', 'rows', 'empty', 'types', 'distinct', 'longest', 'samples'],
      fields.map((one) => [
        one.name,
        one.mapped ? 'yes' : 'no',
        ...[one.present, one.empty, one.types.join(', '), one.distinct, one.longest].map(String),
        one.samples.join(' · '),
      ]),
    ),
    ...(fieldCount > fields.length ? ['', `… ${fieldCount - fields.length} more fields`] : []),
  ];
}
