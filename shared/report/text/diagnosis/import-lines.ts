import type { Diagnosis } from '../../../diagnosis/diagnosis.ts';
import type { Candidate } from '../../../diagnosis/sections/candidates.ts';
import { type Line, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';

/** The import that is linked, or what was looked for, and every candidate with its evidence. */
export function importLines({ linked, sought, candidates }: NonNullable<Diagnosis['import']>): Line[] {
  return [
    linked
      ? [span('✔ linked', 'good'), span(` by ${sought}`, 'dim')]
      : [span('✖ not linked', 'bad'), span(`: no row has ${sought}`)],
    ...candidates.flatMap(candidateLines),
  ];
}

function candidateLines(candidate: Candidate): Line[] {
  const verdict = candidate.linked ? 'linked' : candidate.decisive ? 'decisive' : 'candidate';
  const records = candidate.totalRecords ?? candidate.rawRecords;
  const facts = [candidate.name, candidate.status, records === null ? 'records unknown' : `${records} records`].filter(
    (fact) => fact !== null,
  );
  return [
    [
      span(`${candidate.id}  `),
      span(visible(facts.join(', '))),
      span(`  ${verdict}`, verdict === 'candidate' ? 'warn' : 'good'),
      span(candidate.whyNotDecisive === null ? '' : `: not decisive, ${candidate.whyNotDecisive}`, 'dim'),
    ],
    ...candidate.evidence.map((one): Line => {
      const speaksFor = one.speaks === 'for';
      return [span(speaksFor ? '  + ' : '  - ', speaksFor ? 'good' : 'bad'), span(visible(one.text), 'dim')];
    }),
  ];
}
