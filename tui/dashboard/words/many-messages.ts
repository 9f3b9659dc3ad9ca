import type { FailedFlow, FailureCode, LeftOut, Pace, PaceField } from '../../../shared/index.ts';

const number = (count: number) => count.toLocaleString('en-US');
const counted = (count: number, one: string, many: string) => `${number(count)} ${count === 1 ? one : many}`;

const percent = (share: number) => `${Math.round(share * 100)} %`;

const FAILED_KINDS: Record<FailedFlow['kind'], string> = {
  stale: 'stale',
  busy: 'busy',
  'not verified': 'not verified',
  rejected: 'rejected',
  'taken back': 'taken back',
};

/** What became of the batch that was being written when a run broke off. */
const UNDER_WAY: Partial<Record<string, string>> = {
  'outcome-unknown': 'Of the batch that was being written then only the journal knows (J).',
  'journal-unmarked': 'The batch that was being written then was committed (J).',
};
const ROLLED_BACK = 'The batch that was being written then was rolled back.';

/** The part of the one table of messages that is about many flows at once. */
export const manyMessages = {
  number,
  noneBroken: 'No flow here breaks a rule that can be mended.',
  amongAll: 'Of the whole fleet, so many flows break:',
  amongListed: (filter: string, flows: number, left: number) =>
    `Only of the ${counted(flows, 'flow', 'flows')} that the filter "${filter}" lists, so many break` +
    `${left === 0 ? '' : `; ${number(left)} not looked at`}:`,
  anyRule: 'any of these rules',
  anyRuleAbout: 'all that can be mended in them',
  chosen: (words: string, found: number) => `${words}: ${number(found)} found`,
  chosenListed: (words: string, filter: string, found: number) =>
    `${words}, of those listed by the filter "${filter}": ${number(found)} found`,
  planned: (done: number, all: number) => `${number(done)} of ${number(all)} flows planned, Esc ends it`,
  tried: (done: number, all: number) => `${number(done)} of ${number(all)} flows tried out, Esc ends it`,
  willMend: (flows: number, first: number, batch: number) =>
    flows <= first || (first === 0 && flows <= batch)
      ? `y mends ${counted(flows, 'flow', 'flows')} in one transaction.`
      : `y mends ${counted(flows, 'flow', 'flows')}: ${first > 0 ? `${number(first)} first, then ` : ''}up to ${number(batch)} in a transaction.`,
  pace: {
    canary: ({ canary }) => (canary === 0 ? 'asks nothing in between' : `asks again after the first ${number(canary)}`),
    flowsPerSecond: ({ flowsPerSecond }) =>
      flowsPerSecond === undefined ? 'as fast as it can' : `at most ${number(flowsPerSecond)} a second`,
    stopAtShare: ({ stopAtShare }) => `stops when over ${percent(stopAtShare)} of a batch fail`,
  } satisfies Record<PaceField, (pace: Pace) => string>,
  /** Of the number that is typed; nothing leaves it as it is. */
  pacePrompts: {
    canary: 'how many flows first (0: none)? ',
    flowsPerSecond: 'how many flows a second at most (0: as fast as it can)? ',
    stopAtShare: 'stop when more than how many percent of a batch fail? ',
  } satisfies Record<PaceField, string>,
  notAPace: {
    canary: 'That takes a number of flows from 0 to 100,000.',
    flowsPerSecond: 'That takes flows a second from 0 to 1,000,000.',
    stopAtShare: 'That takes percent from 0 to 100.',
  } satisfies Record<PaceField, string>,
  wouldHold: (ran: number, total: number) =>
    `Tried out and rolled back: ${number(ran)} of ${counted(total, 'flow', 'flows')} would be mended and verified.`,
  failed: (count: number) => `${number(count)} failed`,
  failedWhy: (kind: FailedFlow['kind'], why: string) => `${FAILED_KINDS[kind]}: ${why}`,
  wouldFail: (count: number) => `Left out: ${counted(count, 'flow', 'flows')} that failed, named at the end:`,
  moreReasons: 'for other reasons',
  failedNext: 'and were left as found; w lists them in a file for flowmend plan --from.',
  failedSaved: (file: string) => `✔ listed in ${file}; flowmend plan --from plans them anew`,
  mends: (rule: string) => `× ${rule} mended`,
  rowsOf: (table: string) => `rows of ${table} written`,
  leftOut: (rule: string, reason: string) => `× ${rule} left as it is: ${reason}`,
  reasons: {
    choice: 'm asks, flow by flow',
    manual: 'by hand',
    resume: 'resuming answers it',
    schema: 'this database would reject it',
    shared: 'its rows are those of another flow too',
  } satisfies Record<LeftOut['reason'], string>,
  idle: 'flows have nothing to write',
  theFlows: (count: number) => `exactly ${count === 1 ? 'this flow' : `these ${number(count)} flows`}:`,
  noneWritten: 'Nothing of it can be mended for many flows at once: nothing was written.',
  firstBatch: (total: number) => `the first of ${counted(total, 'flow', 'flows')} are being mended`,
  done: (done: number, total: number) => `${number(done)}/${number(total)} flows`,
  rate: (flows: number) => `${number(flows)}/s`,
  timeLeft: (seconds: number) =>
    seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.round(seconds / 60)} min left`,
  wishes: {
    'go on': 'p pauses after the running batch, x ends it there.',
    pause: '‖ It pauses after the running batch: p goes on, x ends it.',
    stop: 'It ends after the running batch.',
  },
  paused: '‖ Paused: p goes on, x ends it here.',
  firstDone: (applied: number, failed: number) =>
    `The first ${number(applied + failed)}: ${number(applied)} mended and verified, ${number(failed)} failed.`,
  goOn: (left: number) => `g goes on with the other ${number(left)}, n ends it here.`,
  underWay: (code?: FailureCode) => UNDER_WAY[code ?? ''] ?? ROLLED_BACK,
  staysBroken: (flows: number) =>
    `Of what was mended ${counted(flows, 'flow stays broken', 'flows stay broken')}, in what was left as it is:`,
  moreBroken: (flows: number) => `  and ${counted(flows, 'flow', 'flows')} more: M shows what can still be mended`,
  left: (flows: number) =>
    `${counted(flows, 'flow was', 'flows were')} not tried: M plans those that are left and goes on.`,
  earlier: (count: number) => `Their ${count === 1 ? 'receipt is' : `${number(count)} receipts are`} in the journal: J`,
  receipts: (count: number, run: string, whole: boolean) =>
    `run ${run}, ${counted(count, 'receipt', 'receipts')}; u takes ${whole ? 'all of it back' : 'back what can be'}, J lists them`,
};
