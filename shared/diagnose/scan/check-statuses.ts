import sql from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column } from '../../database/sql/identifier.ts';
import { Failure } from '../../failure.ts';
import type { Session } from '../../session.ts';

const Rows = z.array(z.object({ word: z.string() }));

/**
 * Makes sure that statuses to look for are some: a word that is neither in the flow model nor in a row is a typing error,
 * and "no such flow" would read like "all are well".
 * @throws Failure `usage`, naming the statuses that there are
 */
export async function checkStatuses(session: Session, words: readonly string[]): Promise<void> {
  const { working, waiting, ended } = session.model.statuses;
  const known = [...working, ...waiting, ...ended];
  const strange = words.filter((word) => !known.includes(word));
  const unknown = strange.length === 0 ? [] : await inNoRow(session, strange);
  if (words.length > 0 && unknown.length === 0) return;
  const what =
    unknown.length === 0 ? 'no status' : `${unknown.map((word) => `"${word}"`).join(', ')}, which no flow has`;
  throw new Failure('usage', `--status names ${what}.`, { next: `Statuses are ${known.join(', ')}.` });
}

/** Rows hold statuses that no model foresees. */
async function inNoRow({ reader, model, catalog }: Session, words: readonly string[]): Promise<string[]> {
  const status = column('c', model.child.columns.status);
  const rows = Rows.parse(
    await reader.read(sql`
      select asked.word from unnest(${[...words]}::text[]) as asked(word)
      where not exists (select from ${recordSource(catalog.child)} c where ${status}::text = asked.word)`),
  );
  return rows.map(({ word }) => word);
}
