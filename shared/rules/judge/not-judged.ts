import type { Catalog } from '../../database/catalog/catalog.ts';
import { Failure } from '../../failure.ts';

/** The part of a session that says whether its flows are judged. */
interface Judging {
  readonly catalog: Pick<Catalog, 'laterMarks'>;
}

/** Why no flow of this install is judged, in one sentence; undefined where its flows are. */
export function whyNotJudged({ catalog }: Judging): string | undefined {
  const { laterMarks } = catalog;
  if (laterMarks.length === 0) return undefined;
  return `This install is of a later generation of the platform (${laterMarks.join(', ')}): Flowmend does not know its rules yet and judges nothing here, also not by rules of the configuration.`;
}

/** The same for a document of JSON: nothing where the flows are judged. */
export function notJudged(install: Judging): { readonly notJudged?: string } {
  const why = whyNotJudged(install);
  return why === undefined ? {} : { notJudged: why };
}

/**
 * Keeps what would judge a flow, or write by a rule, from an install whose rules are not known. An undo asks no rule: its
 * receipt says what was written.
 * @throws Failure `later-generation`
 */
export function refuseUnjudged(install: Judging, doing: 'repair' | 'undo' = 'repair'): void {
  const why = whyNotJudged(install);
  if (why === undefined || doing === 'undo') return;
  throw new Failure('later-generation', why, {
    next: 'Its records can be looked at, located and exported; repairs made here before can be undone.',
  });
}
