import type { Scan } from '../../diagnose/scan/scan.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Tone } from '../../words/tone.ts';

/** Something that an answer does not say, so that nobody takes silence for health. */
export interface Caveat {
  readonly what:
    | 'not judged'
    | 'ended early'
    | 'not listed'
    | 'next page'
    | 'without evidence'
    | 'not seen'
    | 'not asked'
    | 'own rule not asked';
  readonly text: string;
}

/** How much each matters: the tone of a line, and the glyph for what has no colour. */
export const caveatMarks: Record<Caveat['what'], { readonly glyph: string; readonly tone: Tone }> = {
  'not judged': { glyph: '▲', tone: 'warn' },
  'ended early': { glyph: '✖', tone: 'bad' },
  'not listed': { glyph: '▲', tone: 'warn' },
  'next page': { glyph: '○', tone: 'dim' },
  'without evidence': { glyph: '▲', tone: 'warn' },
  'not seen': { glyph: '○', tone: 'dim' },
  'not asked': { glyph: '○', tone: 'dim' },
  'own rule not asked': { glyph: '▲', tone: 'warn' },
};

/** What a diagnosis does not say. */
export function caveatsOf({ notices, notAsked }: Pick<Diagnosis, 'notices' | 'notAsked'>): Caveat[] {
  return [
    ...notices.map((text) => ({ what: 'not seen', text }) as const),
    ...notAsked.map(
      ({ rule, why, custom }) =>
        ({ what: custom ? 'own rule not asked' : 'not asked', text: `${rule} was not asked: ${why}` }) as const,
    ),
  ];
}

/** What a scan does not say, and what its list leaves out. */
export function caveatsOfScan(scan: Scan): Caveat[] {
  const { endedEarly, totals, flows, nextAfter, notJudged } = scan;
  const unjudged = notJudged === undefined ? 0 : totals.flows - flows.length;
  const healthy = endedEarly ? 0 : flows.filter(({ findings }) => findings.length === 0).length;
  const broken = totals.error + totals.warning + totals.info - (flows.length - healthy);
  const well = healthy === 0 ? 0 : totals.healthy - healthy;
  const bare = flows.filter(({ findings }) => findings.some(({ evidence }) => evidence.length === 0)).length;
  return [
    ...caveat(
      'ended early',
      endedEarly ? `the scan ended early and counts only what was found until then: ${endedEarly.message}` : '',
    ),
    ...caveat(
      'not listed',
      broken > 0 ? `${broken} more flows with findings are not listed; a higher limit lists them` : '',
    ),
    ...caveat('not listed', unjudged > 0 ? `${unjudged} more flows are not listed; a higher limit lists them` : ''),
    ...caveat('not listed', well > 0 ? `${well} more healthy flows are not listed` : ''),
    ...caveat('next page', nextAfter === undefined ? '' : `next page: --after ${nextAfter}`),
    ...caveat(
      'without evidence',
      bare > 0 ? `${bare} of the flows listed are told without evidence: it could not be read any more` : '',
    ),
    ...caveatsOf(scan),
  ];
}

function caveat(what: Caveat['what'], text: string): Caveat[] {
  return text === '' ? [] : [{ what, text }];
}
