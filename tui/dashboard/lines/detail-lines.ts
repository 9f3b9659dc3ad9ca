import {
  age,
  type Diagnosis,
  type Finding,
  type Line,
  phaseMarkName,
  phaseMarks,
  severityMarks,
  span,
  verdictTones,
  visible,
} from '../../../shared/index.ts';
import { fitted, widthOf, wrap } from '../screen/fit.ts';
import { detailOf, listedFlows, type State } from '../state/state.ts';
import { messages } from '../words/messages.ts';

const LABEL = 28;
const GLYPHS_PER_LINE = 5;
/** After each phase, also the last. */
const GAP = 2;
const RECEIPT_SHOWN = 8;
const MAX_WORDS = 1_000;
/** With fewer rows than this the findings need them more than the reason for resuming. */
const ROOMY = 9;
/** The first finding, and how many more there are. */
const LEAST_FINDINGS = 2;

/** The rule between list and detail: which flow is below. */
export function detailTitle(state: State, width: number): Line {
  const { selected } = state;
  if (selected === undefined) return [];
  const diagnosis = detailOf(state, selected)?.diagnosed?.diagnosis;
  const name = diagnosis ? `  ${visible(diagnosis.kind)}: ${visible(diagnosis.name ?? messages.noName)}` : '';
  const line = fitted([span('── ', 'dim'), span(selected, 'title'), span(`${name} `, 'dim')], width);
  return [...line, span('─'.repeat(width - widthOf(line)), 'dim')];
}

/** Why the chosen flow is as it is, and what to do, in at most `height` lines. */
export function detailLines(state: State, width: number, height: number): Line[] {
  const { selected } = state;
  if (selected === undefined) return [];
  const known = detailOf(state, selected);
  const trouble =
    known?.trouble && !state.trouble
      ? [[span(`✖ ${visible(known.trouble.message)} ${messages.lastKnown}`, 'bad')]]
      : [];
  const diagnosis = known?.diagnosed?.diagnosis;
  if (!diagnosis) return cut([...trouble, ...scannedLines(state, width)], width, height);
  if (diagnosis.notJudged !== undefined) {
    return cut([...trouble, ...notJudgedLines(state, diagnosis, width)], width, height);
  }
  const rest = [...resumeLines(diagnosis, height >= ROOMY), ...receiptLines(state, diagnosis)];
  const verdict = [...trouble, verdictLine(diagnosis)];
  const advice = byHandLines(diagnosis);
  const foot = [...advice, ...rest];
  const short = findingLines(diagnosis.findings, width);
  const long = short.flatMap((line, index) => [line, ...reasonLines(diagnosis.findings[index], width)]);
  // On a small terminal the first finding in its own words comes before the phases.
  const least = verdict.length + 1 + Math.min(LEAST_FINDINGS, short.length) + foot.length;
  const head = least > height ? verdict : [...verdict, phasesLine(diagnosis, width)];
  const findings = head.length + long.length + foot.length <= height ? long : short;
  // In full where there are so many rows; else the advice, else nothing but what begins each line.
  const inFull = [...head, ...findings, ...foot].flatMap((line) => wrap(line, width));
  if (inFull.length <= height) return inFull;
  const left = height - head.length - findings.length - rest.length;
  const wrapped = advice.flatMap((line) => wrap(line, width));
  const end = [...(wrapped.length <= left ? wrapped : advice), ...rest];
  return [...cut([...head, ...findings], width, height - end.length), ...end.map((line) => fitted(line, width))];
}

function notJudgedLines(state: State, diagnosis: Diagnosis, width: number): Line[] {
  return [
    verdictLine(diagnosis),
    ...wrap([span(diagnosis.notJudged ?? '', 'warn')], width),
    [span(messages.showsRecords, 'dim')],
    ...receiptLines(state, diagnosis),
  ];
}

function cut(lines: readonly Line[], width: number, height: number): Line[] {
  const kept = lines.length <= height ? lines : lines.slice(0, Math.max(0, height - 1));
  const more = lines.length - kept.length;
  return [...kept, ...(more > 0 ? [[span(messages.linesMore(more), 'dim')]] : [])].map((line) => fitted(line, width));
}

/** What the list knows already, until the flow itself is read. */
function scannedLines(state: State, width: number): Line[] {
  const flow = listedFlows(state).find((one) => one.flowId === state.selected);
  if (!flow) return [];
  return [[span(state.trouble ? messages.scannedOnly : messages.reads, 'dim')], ...findingLines(flow.findings, width)];
}

function verdictLine({ verdict, headline }: Diagnosis): Line {
  return [span(`${messages.verdicts[verdict]}: ${visible(headline)}`, verdictTones[verdict])];
}

/** The phases in their order by glyph: in words too where there is room, without the names of those to come where not. */
function phasesLine({ processed }: Diagnosis, width: number): Line {
  const strip = (words: (title: string, mark: keyof typeof phaseMarks) => string) =>
    processed.map((standing) => {
      const mark = phaseMarkName(standing);
      const { glyph, tone } = phaseMarks[mark];
      return span(`${[glyph, words(standing.title, mark)].filter(Boolean).join(' ')}  `, tone);
    });
  const strips = [
    strip((title, mark) => `${title} ${messages.phases[mark]}`),
    strip((title) => title),
    strip((title, mark) => (mark === 'NOT_STARTED' ? '' : title)),
  ];
  return strips.find((line) => widthOf(line) <= width + GAP) ?? strips.at(-1) ?? [];
}

/** What the glyphs of the phases mean, some to a line. */
export function phaseGlyphs(): Line[] {
  const spans = Object.entries(phaseMarks).map(([name, { glyph, tone }]) =>
    span(`${glyph} ${messages.phases[name as keyof typeof phaseMarks]}  `, tone),
  );
  return Array.from({ length: Math.ceil(spans.length / GLYPHS_PER_LINE) }, (_, line) =>
    spans.slice(line * GLYPHS_PER_LINE, (line + 1) * GLYPHS_PER_LINE),
  );
}

/** One line a finding: values below each other, unless that would cut one. */
function findingLines(findings: readonly Finding[], width: number): Line[] {
  if (findings.length === 0) return [[span(`${severityMarks.healthy.glyph} ${messages.noFinding}`, 'good')]];
  const cuts = findings.some((finding) => widthOf(valuesLine(finding, LABEL) ?? []) > width);
  return findings.map((finding) => findingLine(finding, cuts ? 0 : LABEL));
}

function reasonLines(finding: Finding | undefined, width: number): Line[] {
  const [evidence] = finding?.evidence ?? [];
  return evidence ? wrap([span(`  ${visible(evidence.why)}`, 'dim')], width, 2) : [];
}

function findingLine(finding: Finding, label: number): Line {
  const { glyph, tone } = severityMarks[finding.severity];
  return valuesLine(finding, label) ?? [span(`${glyph} `, tone), span(visible(finding.message))];
}

/** Found and expected say it best where a value is simply wrong; undefined where the message does. */
function valuesLine({ severity, wayOut, evidence: all }: Finding, label: number): Line | undefined {
  const { glyph, tone } = severityMarks[severity];
  const [evidence] = all;
  if (wayOut !== 'fix' || all.length !== 1 || !evidence?.found || !evidence.expected) return undefined;
  return [
    span(`${glyph} `, tone),
    span(`${messages.records[evidence.record]} ${evidence.column}`.padEnd(label)),
    span(` ${visible(evidence.found)}`, 'bad'),
    span(' → ', 'dim'),
    span(visible(evidence.expected), 'good'),
  ];
}

/** What no key does: a person has to choose, or to look. */
function byHandLines({ recommended }: Diagnosis): Line[] {
  return recommended.flatMap(({ action, text }): Line[] =>
    action === 'choose' || action === 'look'
      ? [[span(messages.byHand[action], 'title'), span(visible(text, MAX_WORDS), 'warn')]]
      : [],
  );
}

/** What resuming means for this flow, and why. */
function resumeLines({ resume, fieldMappings }: Diagnosis, withReason: boolean): Line[] {
  const { decision, fromPhase, possible, repairFirst, obstacle, why } = resume;
  const what = messages.decisions[decision](fieldMappings?.count ?? 0, fromPhase ?? messages.noPhase);
  const nothing = decision === 'nothing';
  const not = obstacle === null ? messages.noCall : messages.notYet(visible(obstacle));
  const but = nothing ? '' : possible ? (repairFirst ? messages.mendFirst : '') : not;
  const tone = nothing ? 'dim' : possible ? 'note' : 'warn';
  return [
    [span(messages.resumeLabel, 'title'), span(what + but, tone)],
    ...(withReason ? [[span(messages.because(visible(why)), 'dim')]] : []),
  ];
}

function receiptLines(state: State, diagnosis: Diagnosis): Line[] {
  const receipt = detailOf(state, state.selected)?.receipt;
  if (!receipt) return [];
  const { id, kind, appliedAt, who } = receipt;
  const words = kind === 'repair' ? messages.mended : messages.takenBack;
  const mended = words(age(appliedAt, state.now), visible(who.user), id.slice(0, RECEIPT_SHOWN));
  // A resume or the platform: taking it back would be refused then.
  const since = diagnosis.records.some(({ updatedAt }) => Date.parse(updatedAt ?? '') > Date.parse(appliedAt));
  return [[span(mended, 'note'), since ? span(messages.writtenSince, 'dim') : span(messages.undoable[kind], 'note')]];
}
