import { runId } from '../../repair/document/run-id.ts';
import type { Receipt } from '../../repair/journal/journal.ts';
import type { JournalPlace } from '../../repair/journal/journal-place.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';

/** What a person has to know of the journal before they agree to a write; empty where there is nothing new. */
export function journalNotice(place: JournalPlace): string {
  if (place.kind === 'file') {
    const path = visible(place.path);
    return place.why === 'undoes'
      ? `The receipt that is taken back stands in ${path}, so this one goes there too: only this machine knows of them.`
      : `This role may not make the journal in the database, so the receipt goes into ${path}: it is on the ` +
          'disk before the commit, but only this machine knows of it; from elsewhere the same plan is refused as stale ' +
          'instead of giving the receipt, and without the file there is no undo.';
  }
  return [OF_TABLE[place.state], visible(place.advice ?? '', 600)].filter((one) => one !== '').join(' ');
}

const OF_TABLE: Record<Extract<JournalPlace, { kind: 'table' }>['state'], string> = {
  current: '',
  missing: 'The journal (schema "flowmend") is made in this database on first use.',
  outdated:
    'An older Flowmend made the journal in this database: it is brought up to date first, and keeps its receipts.',
};

/**
 * Receipts, two lines each.
 * @param advice what whoever owns the journal should change; empty where nothing
 */
export function receiptsText(receipts: readonly Receipt[], advice: string): Line[] {
  const lines = receipts.length === 0 ? [[span('The journal holds no receipt.')]] : receipts.flatMap(receiptLines);
  return advice === '' ? lines : [...lines, [span(visible(advice, 600), 'warn')]];
}

function receiptLines({
  id,
  planHash,
  kind,
  appliedAt,
  flows,
  reason,
  who,
  changes,
  undoes,
  undoneBy,
}: Receipt): Line[] {
  return [
    [
      span(visible(id), 'title'),
      span(`  ${visible(appliedAt.slice(0, 19).replace('T', ' '))}  ${kind}`),
      span(`  ${changes.length} ${changes.length === 1 ? 'row' : 'rows'} of ${flowsWords(flows)}`),
      span(`  run ${visible(runId(planHash))}`, 'dim'),
    ],
    [
      span(`  by ${visible(who.user)} as ${visible(who.role)} on ${visible(who.host)}`, 'dim'),
      span(reason === null ? '' : `: ${visible(reason)}`),
      ...(undoes === null ? [] : [span(`  takes back ${visible(undoes)}`, 'note')]),
      ...(undoneBy === null ? [] : [span(`  taken back by ${visible(undoneBy)}`, 'note')]),
    ],
  ];
}

function flowsWords([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? `flow ${visible(first)}` : `flow ${visible(first)} and ${others.length} more`;
}
