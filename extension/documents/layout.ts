import {
  absent,
  age,
  type Diagnosis,
  type Finding,
  gapLines,
  type Line,
  linkLines,
  notJudgedLines,
  type PhaseStanding,
  phaseMarkName,
  phaseMarks,
  plain,
  type RecordState,
  timelineLines,
  visible,
} from '../../shared/index.ts';

/** A piece of a line that a finding is about. Lines and columns count from 0. */
export interface Mark {
  readonly finding: Finding;
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

export interface FlowLayout {
  readonly text: string;
  readonly marks: readonly Mark[];
}

interface Row {
  readonly text: string;
  readonly record?: RecordState['record'];
  readonly column?: string;
}

const NAME_WIDTH = 31;

/** The document of a flow: one fact a line, record by record, and where on it each finding stands. */
export function layoutOf(diagnosis: Diagnosis): FlowLayout {
  const rows: Row[] = [
    ...headRows(diagnosis),
    ...diagnosis.records.flatMap((record) => recordRows(record, diagnosis.checkedAt)),
    ...candidateRows(diagnosis),
    ...phaseRows(diagnosis),
    ...planRows(diagnosis),
    ...sectionRows('gaps', gapLines(diagnosis.gaps)),
    ...sectionRows('where its id and its links are stored', linkLines(diagnosis.links)),
    ...sectionRows('timeline', timelineLines(diagnosis.timeline)),
  ];
  return {
    text: rows.map((row) => row.text).join('\n'),
    marks: diagnosis.findings.map((finding) => markOf(finding, rows)),
  };
}

function headRows(diagnosis: Diagnosis): Row[] {
  const { flowId, kind, verdict, headline, name, resume, database, notJudged } = diagnosis;
  const on = resume.fromPhase === null ? resume.why : `${resume.decision}, then ${resume.fromPhase}`;
  const then = resume.obstacle === null ? on : `must not be resumed: ${resume.obstacle}`;
  if (notJudged !== undefined) {
    return [
      ...notJudgedLines(diagnosis).map((line) => ({ text: plain([line]) })),
      { text: `Flow ${flowId} · ${kind} · ${verdict.toUpperCase()}` },
      { text: fact('name', name ?? '(none)', 0) },
      { text: fact('database', database, 0) },
    ];
  }
  return [
    { text: `Flow ${flowId} · ${kind} · ${verdict.toUpperCase()}` },
    { text: fact('why', headline, 0) },
    { text: fact('resume', resume.repairFirst ? `repair, ${then}` : then, 0) },
    ...(resume.point === null ? [] : [{ text: fact('because', resume.point.why, 0) }]),
    { text: fact('name', name ?? '(none)', 0) },
    { text: fact('database', database, 0) },
    ...diagnosis.notices.map((notice) => ({ text: fact('note', notice, 0) })),
  ];
}

function recordRows(record: RecordState, checkedAt: string): Row[] {
  const { record: name, table, role, found, values, updatedAt } = record;
  const head = { text: `${name.padEnd(8)} ${table} (${role})`, record: name };
  if (!found) {
    const sought = Object.keys(record.shouldBe)[0];
    return [{ text: '' }, head, { text: fact(sought ?? 'record', absent(record)), record: name, column: sought ?? '' }];
  }
  return [
    { text: '' },
    head,
    ...Object.entries(values).map(([column, value]) => ({
      text: fact(column, value ?? 'NULL'),
      record: name,
      column,
    })),
    ...(updatedAt === null
      ? []
      : [{ text: fact('updated', `${updatedAt} (${age(updatedAt, Date.parse(checkedAt))} before)`) }]),
  ];
}

function candidateRows({ import: dataImport }: Diagnosis): Row[] {
  if (!dataImport || dataImport.linked || dataImport.candidates.length === 0) return [];
  const { candidates } = dataImport;
  return [
    { text: '' },
    { text: 'imports that could be its data' },
    ...candidates.flatMap(({ id, totalRecords, evidence, whyNotDecisive }) => [
      {
        text: fact(
          id,
          `${totalRecords ?? '?'} records, ${whyNotDecisive ? `not decisive: ${whyNotDecisive}` : 'decisive'}`,
        ),
      },
      ...evidence.map(({ speaks, text }) => ({ text: `    ${speaks === 'for' ? '+' : '-'} ${visible(text)}` })),
    ]),
  ];
}

function phaseRows({ processed, fieldMappings, mappingQuality }: Diagnosis): Row[] {
  if (processed.length === 0) return [];
  return [
    { text: '' },
    { text: 'phases' },
    ...processed.map((standing) => ({ text: fact(standing.phase, phaseWords(standing)) })),
    ...mappingRows(fieldMappings, mappingQuality),
  ];
}

function mappingRows(mappings: Diagnosis['fieldMappings'], quality: Diagnosis['mappingQuality']): Row[] {
  if (!mappings || !quality) return [];
  const { count, child, master } = mappings;
  const { high, medium, low, unknown } = quality;
  return [
    { text: fact('field mappings', `${count} (child ${child.count ?? 0}, master ${master.count ?? 0})`) },
    { text: fact('confidence', `${high} high, ${medium} medium, ${low} low, ${unknown} not given`) },
  ];
}

function phaseWords(standing: PhaseStanding): string {
  const { glyph, word } = phaseMarks[phaseMarkName(standing)];
  return `${glyph} ${word}: ${standing.why}`;
}

function planRows({ recommended }: Diagnosis): Row[] {
  if (recommended.length === 0) return [];
  return [
    { text: '' },
    { text: 'recommended, in this order' },
    ...recommended.map(({ order, text }) => ({ text: `  ${order}. ${visible(text)}` })),
  ];
}

/** A section of the core's report, as it stands there. */
function sectionRows(title: string, lines: readonly Line[]): Row[] {
  if (lines.length === 0) return [];
  return [{ text: '' }, { text: title }, ...lines.map((line) => ({ text: `  ${plain([line])}` }))];
}

function fact(name: string, value: string, indent = 2): string {
  return `${' '.repeat(indent)}${visible(name).padEnd(indent === 0 ? 8 : NAME_WIDTH)} ${visible(value)}`;
}

/** The value that the finding's first evidence names; where the document does not show that column, its record. */
function markOf(finding: Finding, rows: readonly Row[]): Mark {
  const [evidence] = finding.evidence;
  const column = evidence?.column.split('.')[0];
  const own = (row: Row) => row.record === evidence?.record;
  const exact = rows.findIndex((row) => own(row) && row.column === column);
  const line = exact >= 0 ? exact : Math.max(0, rows.findIndex(own));
  const text = rows[line]?.text ?? '';
  const from = exact >= 0 ? 2 + NAME_WIDTH + 1 : 0;
  return { finding, line, from: Math.min(from, text.length), to: text.length };
}
