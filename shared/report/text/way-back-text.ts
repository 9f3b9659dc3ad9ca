import type { ManyWayBack } from '../../repair/preview/preview-many.ts';
import type { NotRestored, NotRestoredColumn } from '../../repair/run/not-restored.ts';
import type { Run } from '../../repair/run/run-plan.ts';
import type { WayBack } from '../../repair/run/way-back.ts';
import { counted, MAX_NAMED, named, number, rest } from '../../words/counted.ts';
import { type Line, span, type Tone } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { shown } from '../marks/shown.ts';

const MAX_REASON = 600;

type Column = Pick<NotRestoredColumn, 'table' | 'column' | 'leftOut'>;

/** `discovery_flows.updated_at, which a trigger sets on every write` */
export function notRestoredWords(columns: readonly Column[]): string {
  return [
    ...words(
      columns.filter(({ leftOut }) => !leftOut),
      'which a trigger sets on every write',
    ),
    ...words(
      columns.filter(({ leftOut }) => leftOut),
      'which whoever wrote the receipt may not update',
    ),
  ].join(', and ');
}

function words(columns: readonly Column[], why: string): string[] {
  const names = [...new Set(columns.map(({ table, column }) => `${visible(table.name)}.${visible(column)}`))];
  return names.length === 0 ? [] : [`${names.join(' and ')}, ${why}`];
}

/** Whether a repair can be undone, in one sentence. */
function wayBackWords(wayBack: WayBack): string {
  switch (wayBack.kind) {
    case 'whole':
      return 'its undo was tried out too: it restores every column that is shown';
    case 'in part':
      return `undo will restore all but ${notRestoredWords(wayBack.notRestored)}`;
    case 'none':
      return `this cannot be undone: ${visible(wayBack.why, MAX_REASON)}`;
  }
}

const TONES: Record<WayBack['kind'], Tone> = { whole: 'dim', 'in part': 'warn', none: 'bad' };

export function wayBackText(wayBack: WayBack): Line[] {
  return [[span(wayBackWords(wayBack), TONES[wayBack.kind])]];
}

/** What a run that was rolled back says of undoing: of a repair its way back, of an undo what it does not restore. */
export function undoneWords(run: Run): string[] {
  if (run.kind !== 'ran') return [];
  const { wayBack, notRestored = [] } = run;
  return [
    ...(wayBack ? [wayBackWords(wayBack)] : []),
    ...(notRestored.length > 0 ? [`restores all but ${notRestoredWords(notRestored)}`] : []),
  ];
}

export function undoneText(run: Run): Line[] {
  const tone = run.kind === 'ran' ? TONES[run.wayBack?.kind ?? 'in part'] : 'plain';
  return undoneWords(run).map((words): Line => [span(words, tone)]);
}

/** The same of many flows; nothing where undo restores everything. */
export function wayBackOfMany({ notRestored = [], noWayBack = [] }: ManyWayBack): string[] {
  return [
    ...(notRestored.length > 0 ? [`undo will restore all but ${notRestoredWords(notRestored)}`] : []),
    ...noWayBack.map(({ flows, why, of }) => {
      const reason = visible(why, MAX_REASON);
      if (of) return `${counted(flows, 'flow')} cannot be undone: ${reason}; ${flowNames(of)}`;
      return flows === 1
        ? `1 flow cannot be undone: ${reason}`
        : `the undo of ${number(flows)} flows was tried together and fails; for which of them was not tried: ${reason}`;
    }),
  ];
}

function flowNames(ids: readonly string[]): string {
  const more = ids.length - MAX_NAMED;
  const names = named(ids).map((id) => visible(id));
  return `${ids.length === 1 ? 'it is' : 'they are'} ${names.join(', ')}${more > 0 ? ` and ${number(more)} more` : ''}`;
}

/** How to undo; nothing is promised that was not tried out. */
export function takeBackWords(what: string, way: string, tried: boolean): string {
  return `To take ${what} back${tried ? '' : ', as far as that works'}: ${way}`;
}

/** What an undo left, each column with what it was and what it is now. */
export function notRestoredText(all: readonly NotRestored[]): Line[] {
  return [
    ...named(all).map(
      ({ table, column, key, before, now }): Line => [
        span('  ▲ ', 'warn'),
        span(`${visible(table.name)}.${visible(column)} of ${visible(key)}`),
        span(' was ', 'dim'),
        span(shown(before)),
        span(', is now ', 'dim'),
        span(shown(now), 'warn'),
      ],
    ),
    ...rest(all.length, 'columns'),
  ];
}
