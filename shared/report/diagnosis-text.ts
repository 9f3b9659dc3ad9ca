import type { Candidate, Diagnosis, RecordState } from '../diagnose/diagnosis.ts';
import type { Finding } from '../diagnose/finding.ts';
import type { ResumeCall } from '../resume/calls.ts';
import { age } from './age.ts';
import { severityMarks } from './severity-mark.ts';
import { type Line, type Span, span } from './tone.ts';
import { visible } from './visible.ts';

const VERDICT_TONES = { healthy: 'good', waiting: 'note', stuck: 'bad', 'out of step': 'warn' } as const;

/** A whole diagnosis as lines, in the order in which a tired person reads. */
export function diagnosisText(diagnosis: Diagnosis): Line[] {
  return [
    ...heading(diagnosis),
    ...section('why', diagnosis.findings.flatMap(findingLines), 'No finding: its records agree.'),
    ...section('records', diagnosis.records.flatMap(recordLines)),
    ...(diagnosis.fieldMappings ? section('field mappings', mappingLines(diagnosis.fieldMappings)) : []),
    ...(diagnosis.import ? section('data import', importLines(diagnosis.import)) : []),
    ...section('persisted', persistedLines(diagnosis)),
    ...section('processed', processedLines(diagnosis)),
    ...section('resume', resumeLines(diagnosis)),
    ...section('recommended, in this order', recommendedLines(diagnosis), 'Nothing to do.'),
    ...unseenLines(diagnosis),
  ];
}

/** The first lines: which flow, and why it is stuck. */
export function heading({ flowId, kind, name, verdict, headline, database }: Diagnosis): Line[] {
  return [
    [
      span('Flow '),
      span(flowId, 'title'),
      span(`  ${kind}  `),
      span(`${verdict.toUpperCase()}: ${visible(headline)}`, VERDICT_TONES[verdict]),
    ],
    [span(`${name === null ? 'without a name' : visible(name)}, in ${visible(database)}`, 'dim')],
  ];
}

function section(title: string, lines: readonly Line[], empty?: string): Line[] {
  const body = lines.length === 0 && empty !== undefined ? [[span(empty)]] : lines;
  return [[], [span(title, 'title')], ...body.map((line) => [span('  '), ...line])];
}

function findingLines(finding: Finding): Line[] {
  const mark = severityMarks[finding.severity];
  return [
    [
      span(`${mark.glyph} ${mark.word.padEnd(7)} `, mark.tone),
      span(visible(finding.message)),
      span(`  [${finding.rule}]`, 'dim'),
    ],
    ...finding.evidence.map(
      (one): Line => [
        span(`            ${one.table}.${one.column}: `, 'dim'),
        span(shown(one.found), 'bad'),
        span(' → ', 'dim'),
        span(shown(one.expected), 'good'),
        span(`  because ${visible(one.why)}`, 'dim'),
      ],
    ),
  ];
}

function recordLines(record: RecordState): Line[] {
  const head: Span[] = [span(record.record.padEnd(8), 'title'), span(`${record.table} (${record.role})`)];
  if (!record.found) return [[...head, span('  not found', 'bad')]];
  const updated = record.updatedAt === null ? '' : `  updated ${record.updatedAt}, ${age(record.updatedAt)} ago`;
  return [
    [...head, span(updated, 'dim')],
    ...Object.entries(record.values).map(([column, value]): Line => {
      const wrong = column in record.shouldBe;
      return [
        span(`${wrong ? '✖' : ' '} ${column.padEnd(30)} `, wrong ? 'bad' : 'plain'),
        span(shown(value), wrong ? 'bad' : 'plain'),
        ...(wrong ? [span(' → ', 'dim'), span(shown(record.shouldBe[column] ?? null), 'good')] : []),
      ];
    }),
  ];
}

function mappingLines({ count, child, master, equal }: NonNullable<Diagnosis['fieldMappings']>): Line[] {
  const side = (count: number | null) => (count === null || count === 0 ? '✖ none' : `✔ ${count} mappings`);
  return [
    [span(`${count} mappings found${child.count && master.count && !equal ? '; the two records differ' : ''}`)],
    [span(`child   ${side(child.count)} in ${child.column} (read first by the frontend)`)],
    [span(`master  ${side(master.count)} in ${master.column}`)],
  ];
}

function importLines({ linked, sought, decided, candidates }: NonNullable<Diagnosis['import']>): Line[] {
  return [
    linked
      ? [span('✔ linked', 'good'), span(` by ${sought}`, 'dim')]
      : [span('✖ not linked', 'bad'), span(`: no row has ${sought}`)],
    ...candidates.flatMap((candidate) => candidateLines(candidate, decided)),
  ];
}

function candidateLines(candidate: Candidate, decided: string | null): Line[] {
  const verdict = candidate.linked ? 'linked' : candidate.id === decided ? 'decisive' : 'candidate';
  const records = candidate.totalRecords ?? candidate.rawRecords;
  const facts = [candidate.name, candidate.status, records === null ? 'records unknown' : `${records} records`].filter(
    (fact) => fact !== null,
  );
  return [
    [
      span(`${candidate.id}  `),
      span(visible(facts.join(', '))),
      span(`  ${verdict}`, verdict === 'candidate' ? 'warn' : 'good'),
    ],
    ...candidate.evidence.map((one): Line => {
      const speaksFor = one.speaks === 'for';
      return [span(speaksFor ? '  + ' : '  - ', speaksFor ? 'good' : 'bad'), span(visible(one.text), 'dim')];
    }),
  ];
}

const PERSISTED_MARKS = { yes: ['✔', 'good'], no: ['✖', 'bad'], unlinked: ['?', 'warn'] } as const;

function persistedLines({ persisted }: Diagnosis): Line[] {
  return persisted.map(({ what, state, detail }) => {
    const [glyph, tone] = PERSISTED_MARKS[state];
    return [span(`${glyph} `, tone), span(what.padEnd(15)), span(visible(detail), 'dim')];
  });
}

const PHASE_MARKS = {
  complete: ['✔', 'complete', 'good'],
  waiting_for_approval: ['⏸', 'waiting for approval', 'warn'],
  current: ['▶', 'current', 'note'],
  not_started: ['·', 'not started', 'dim'],
} as const;

function processedLines({ processed }: Diagnosis): Line[] {
  return processed.map(({ phase, flag, state }) => {
    const [glyph, words, tone] = PHASE_MARKS[state];
    return [span(`${glyph} `, tone), span(phase.padEnd(22)), span(words.padEnd(22), tone), span(flag, 'dim')];
  });
}

function resumeLines({ resume }: Diagnosis): Line[] {
  const can = resume.possible ? 'can be resumed' : 'cannot be resumed by a call';
  const then = resume.fromPhase === null ? '' : `: ${resume.decision}, then ${resume.fromPhase}`;
  const repair = resume.repairFirst ? ', after its repair' : '';
  return [
    [span(`${can}${then}${repair}`, resume.possible ? 'good' : 'warn'), span(`  because ${resume.why}`, 'dim')],
    ...(resume.dataComplete ? [[span('all data needed to resume exists')]] : []),
    ...resume.calls.flatMap((call) => callLines(call, resume.endpoint)),
  ];
}

function callLines(call: ResumeCall, chosen: string | null): Line[] {
  const mark = call.endpoint === chosen ? '→' : ' ';
  return [
    [
      span(`${mark} ${call.endpoint.padEnd(12)} `, call.endpoint === chosen ? 'good' : 'plain'),
      span(`${call.method} ${call.path}`),
    ],
    ...Object.entries(call.headers).map(([name, value]): Line => [span(`    ${name}: ${visible(value)}`, 'dim')]),
    [span(`    body ${visible(JSON.stringify(call.body), 4_000)}`, 'dim')],
    [span(`    now: ${call.now.effect} (${call.now.strategy}): ${visible(call.now.because)}`, 'dim')],
    [
      span(
        `    after the repair: ${call.afterRepair.effect} (${call.afterRepair.strategy}): ${visible(call.afterRepair.because)}`,
        'dim',
      ),
    ],
  ];
}

function recommendedLines({ recommended }: Diagnosis): Line[] {
  return recommended.map(({ order, action, text }) => [
    span(`${order}. ${action.padEnd(7)} `, 'note'),
    span(visible(text)),
  ]);
}

/** What could not be looked at: nobody should take silence for health. */
function unseenLines({ notices, notAsked }: Diagnosis): Line[] {
  const lines = [...notices, ...notAsked.map(({ rule, why }) => `${rule} was not asked: ${why}`)];
  return lines.length === 0
    ? []
    : section(
        'not seen',
        lines.map((line) => [span(visible(line), 'warn')]),
      );
}

/** A stored value as it is shown: NULL by its name, everything else made safe. */
export function shown(value: string | null): string {
  return value === null ? 'NULL' : visible(value, 120);
}
