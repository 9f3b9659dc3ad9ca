import { type Pace, type PaceField, paceWith } from '../../shared/index.ts';
import { pick, typed } from '../say/pick.ts';

interface Field {
  readonly icon: string;
  readonly label: string;
  readonly now: (pace: Pace) => string;
  /** What the input box asks, and what it takes. */
  readonly asks: string;
  readonly takes: string;
}

const percent = (share: number) => `${Math.round(share * 100)}`;
const counted = (flows: number) => (flows === 1 ? '1 flow' : `${flows.toLocaleString('en-US')} flows`);

const FIELDS: Readonly<Record<PaceField, Field>> = {
  canary: {
    icon: 'beaker',
    label: 'First flows',
    now: ({ canary }) => (canary === 0 ? 'none: it does not ask in between' : `${counted(canary)}, then it asks again`),
    asks: 'How many flows are mended first, before it asks again? 0: none',
    takes: 'A number of flows from 0 to 100,000',
  },
  flowsPerSecond: {
    icon: 'dashboard',
    label: 'Rate',
    now: ({ flowsPerSecond }) =>
      flowsPerSecond === undefined ? 'as fast as it can' : `at most ${counted(flowsPerSecond)} a second`,
    asks: 'How many flows a second, at most? 0: as fast as it can',
    takes: 'Flows a second from 0 to 1,000,000',
  },
  stopAtShare: {
    icon: 'stop-circle',
    label: 'Stop',
    now: ({ stopAtShare }) => `after a batch of which more than ${percent(stopAtShare)} % failed`,
    asks: 'It stops after a batch of which more than how many percent failed?',
    takes: 'Percent from 0 to 100',
  },
};

/** How a run of so many flows would go, in words for the question before it. */
export function paceWords(pace: Pace, flows: number): string {
  const { canary, flowsPerSecond, stopAtShare } = pace;
  return [
    ...(canary === 0 || canary >= flows ? [] : [`${counted(canary)} first, then it asks again`]),
    ...(flowsPerSecond === undefined ? [] : [FIELDS.flowsPerSecond.now(pace)]),
    `it stops when over ${percent(stopAtShare)} % of a batch fail`,
  ].join('; ');
}

/** Lets a person change one number after the other, until they are done or turn away. What was changed stays. */
export async function pickPace(from: Pace): Promise<Pace> {
  let pace = from;
  for (;;) {
    const fields = Object.entries(FIELDS) as [PaceField, Field][];
    const rows = fields.map(([field, { icon, label, now }]) => ({ icon, label, description: now(pace), field }));
    const picked = await pick([{ icon: 'check', label: 'Done', field: undefined }, ...rows], {
      title: 'Flowmend: how does the run go?',
      placeHolder: 'Nothing is written yet: the question comes again',
    });
    if (picked?.field === undefined) return pace;
    pace = (await typedNumber(pace, picked.field)) ?? pace;
  }
}

async function typedNumber(pace: Pace, field: PaceField): Promise<Pace | undefined> {
  const { asks, takes } = FIELDS[field];
  const answer = await typed({
    title: 'Flowmend: how does the run go?',
    prompt: asks,
    validateInput: (text) => (text === '' || paceWith(pace, field, text) ? undefined : takes),
  });
  return answer === undefined ? undefined : paceWith(pace, field, answer);
}
