import {
  type ApplyOutcome,
  apply,
  applyText,
  journalNotice,
  journalPlace,
  type Plan,
  plain,
  preview,
  type Run,
  runText,
  undoneWords,
  type WriteSession,
} from '../shared/index.ts';
import { askConsent, copyIsMeant } from './consent.ts';
import type { Face } from './face.ts';
import { fail, inform, warn } from './say/notify.ts';
import { writeSession } from './write-session.ts';

/**
 * Shows what a plan does to the rows as a diff, asks beside it (`about` first), and applies it: the only way by which this face writes to the
 * database. `stale` where the rows changed and the person wants a new plan.
 */
export async function writePlan(
  face: Face,
  plan: Plan,
  title: string,
  about = '',
  otherServer?: string,
): Promise<'written' | 'not written' | 'again'> {
  const session = await writeSession(face.connection, plan.flows[0]);
  const run = await preview(session, plan);
  if (run.kind !== 'ran') return hindered(`it would not hold. ${plain(runText(run))}`, plan, run);
  await face.previews.showDiff(run.changes, title);
  const columns = run.changes.reduce((sum, change) => sum + change.columns.length, 0);
  const does = `${about && `${about} `}Writes ${columns} columns of ${run.changes.length} rows to ${session.settings.database.label}, in one transaction${undoable(run)}.`;
  const consent = await askConsent(session, 'Apply', title, await detailOf(session, plan, does));
  if (!consent) return 'not written';
  if (otherServer !== undefined && !(await copyIsMeant(otherServer))) return 'not written';
  const outcome = await apply(session, plan, { ...consent, server: otherServer, createJournal: true });
  for (const flowId of plan.flows) face.documents.refresh(flowId);
  face.tree.refresh();
  return told(outcome, plan);
}

/** What undo can do about it, as far as it was tried: nothing is promised otherwise. */
function undoable(run: Run): string {
  const said = undoneWords(run).join('; ');
  return said === '' ? '' : `: ${said}`;
}

async function detailOf(session: WriteSession, plan: Plan, does: string): Promise<string> {
  const journal = journalNotice(await journalPlace(session, plan));
  return journal === '' ? does : `${does} ${journal}`;
}

async function told(outcome: ApplyOutcome, plan: Plan): Promise<'written' | 'not written' | 'again'> {
  if (outcome.kind === 'applied' || outcome.kind === 'already applied') {
    void inform(`${outcome.kind}, receipt ${outcome.receipt.id}`);
    return 'written';
  }
  if (outcome.kind === 'restored in part') {
    void warn(plain(applyText(outcome, plan.kind)));
    return 'written';
  }
  return hindered(plain(applyText(outcome, plan.kind)), plan, outcome);
}

const AGAIN = 'New plan';

/** Says why nothing was written; a repair that is stale or was taken back since can be planned anew from there. */
async function hindered(
  why: string,
  plan: Plan,
  { kind }: { readonly kind: (ApplyOutcome | Run)['kind'] },
): Promise<'not written' | 'again'> {
  const stale = plan.kind === 'repair' && (kind === 'stale' || kind === 'taken back');
  const answer = fail(why, ...(stale ? [AGAIN] : []));
  // Nobody waits for a message without a button.
  return stale && (await answer) === AGAIN ? 'again' : 'not written';
}
