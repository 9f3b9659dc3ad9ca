import { z } from 'zod';
import type { FlowModel } from '../../flow/model.ts';
import type { FlowFacts, Image } from '../../rules/facts/flow-facts.ts';
import { isOwn } from '../../rules/facts/import-candidates.ts';
import { timeIn } from '../../rules/facts/stored-time.ts';
import { historyEntry } from './history-entry.ts';

const MAX_EVENTS = 200;

const TimelineEvent = z.object({
  /** ISO 8601; null where the entry has no time that can be read. */
  at: z.string().nullable(),
  /** Milliseconds since the event before it; null for the first, and without a time. */
  afterMs: z.number().nullable(),
  text: z.string(),
  /** Where it is stored: `table.column`. */
  where: z.string(),
});

export const Timeline = z.object({
  /** The oldest first, those without a time last; the newest 200 are kept. */
  events: z.array(TimelineEvent),
  /** Older events that are not listed. */
  leftOut: z.number(),
});
export type Timeline = z.infer<typeof Timeline>;

type Told = Omit<z.infer<typeof TimelineEvent>, 'afterMs'>;

/** What happened to the flow and when, from the master's history and the time stamps of its records. */
export function timelineOf(facts: FlowFacts, model: FlowModel): Timeline {
  const told = [...ofHistory(facts, model), ...ofRecords(facts, model), ...ofApprovals(facts, model)];
  const dated = told
    .filter((event): event is Told & { at: string } => event.at !== null)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const undated = told.filter((event) => event.at === null).slice(-MAX_EVENTS);
  const kept = dated.slice(-(MAX_EVENTS - Math.min(undated.length, MAX_EVENTS / 4)));
  const shownUndated = undated.slice(-(MAX_EVENTS - kept.length));
  const { transitions, errors } = facts.history;
  const unread = [transitions, errors].reduce((sum, { total, entries }) => sum + total - entries.length, 0);
  return {
    events: [
      ...kept.map((event, index) => {
        const before = kept[index - 1];
        return { ...event, afterMs: before ? Date.parse(event.at) - Date.parse(before.at) : null };
      }),
      ...shownUndated.map((event) => ({ ...event, afterMs: null })),
    ],
    leftOut: told.length - kept.length - shownUndated.length + unread,
  };
}

function ofHistory({ history }: FlowFacts, model: FlowModel): Told[] {
  const { table, columns } = model.master;
  const told = (entries: readonly unknown[], column: string, word: string) =>
    entries.map((entry) => {
      const { at, text } = historyEntry(entry);
      return { at, text: text === '' ? word : `${word} ${text}`, where: `${table}.${column}` };
    });
  return [
    ...told(history.transitions.entries, columns.transitions, 'phase'),
    ...told(history.errors.entries, columns.errors, 'error'),
  ];
}

function ofRecords({ images, imports }: FlowFacts, model: FlowModel): Told[] {
  const stamps = (
    record: 'child' | 'master' | 'import',
    image: Image | null,
    names: readonly (readonly [column: string, text: string])[],
  ): Told[] =>
    names.flatMap(([column, text]) => {
      const at = timeIn(image?.[column] ?? null);
      return at === null ? [] : [{ at, text, where: `${model[record].table}.${column}` }];
    });
  const { child, master } = { child: model.child.columns, master: model.master.columns };
  const dataImport = model.import.columns;
  return [
    ...stamps('child', images.child, [
      [child.createdAt, 'child record created'],
      [child.updatedAt, 'child record last written'],
      [child.completedAt, 'flow completed'],
    ]),
    ...stamps('master', images.master, [
      [master.createdAt, 'master record created'],
      [master.updatedAt, 'master record last written'],
    ]),
    ...imports.filter(isOwn).flatMap(({ id, image }) =>
      stamps('import', image, [
        [dataImport.createdAt, `import ${id} created`],
        [dataImport.startedAt, `import ${id} started`],
        [dataImport.completedAt, `import ${id} completed`],
        [dataImport.updatedAt, `import ${id} last written`],
      ]),
    ),
  ];
}

function ofApprovals({ mappingRows }: FlowFacts, model: FlowModel): Told[] {
  const { table, columns } = model.mappingRows;
  return (mappingRows?.approvals ?? []).map(({ at, rows }) => ({
    at: timeIn(at),
    text: `${rows} mapping ${rows === 1 ? 'row' : 'rows'} approved`,
    where: `${table}.${columns.approvedAt}`,
  }));
}
