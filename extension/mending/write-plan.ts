import * as vscode from 'vscode';
import {
  type ApplyOutcome,
  apply,
  applyText,
  counted,
  type Drift,
  journalNotice,
  journalPlace,
  type Plan,
  plain,
  preview,
  type Run,
  runText,
  undoneWords,
  type WriteSession,
} from '../../shared/index.ts';
import { askConsent, copyIsMeant } from '../ask/consent.ts';
import { writeSession } from '../connection/write-session.ts';
import type { Face } from '../face.ts';
import { longWork } from '../say/long-work.ts';
import { fail, inform, warn } from '../say/notify.ts';

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
  const run = await longWork('trying it out', session, (session) => preview(session, plan));
  if (run.kind !== 'ran') return hindered(face, `it would not hold. ${plain(runText(run))}`, plan, run);
  const closeDiff = await face.previews.showDiff(run.changes, title);
  const values = run.changes.reduce((sum, change) => sum + change.columns.length, 0);
  const does = `${about && `${about}\n`}Writes ${counted(values, 'value')} in ${counted(run.changes.length, 'row')} of ${session.settings.database.label}, in one transaction${undoable(run)}.`;
  const consent = await askConsent(session, 'Apply', title, await detailOf(session, plan, does));
  if (!consent) return 'not written';
  if (otherServer !== undefined && !(await copyIsMeant(otherServer))) return 'not written';
  const agreed = { ...consent, server: otherServer, createJournal: true };
  const outcome = await longWork('writing', session, (session) => apply(session, plan, agreed));
  for (const flowId of plan.flows) face.documents.refresh(flowId);
  face.tree.refresh();
  if (outcome.kind === 'applied' || outcome.kind === 'restored in part') await closeDiff();
  return saidOf(face, outcome, plan);
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

const UNDO = 'Undo';

/** Says what came of it; what was written can be taken back from there. */
async function saidOf(face: Face, outcome: ApplyOutcome, plan: Plan): Promise<'written' | 'not written' | 'again'> {
  switch (outcome.kind) {
    case 'applied': {
      const what = plan.kind === 'repair' ? 'mended and verified' : 'taken back, every column as it was';
      void inform(`${what}: receipt ${outcome.receipt.id}`, UNDO).then((answer) => undoAfter(answer, plan));
      return 'written';
    }
    case 'already applied':
      void inform(plain(applyText(outcome, plan.kind)));
      return 'written';
    case 'restored in part':
      void warn(plain(applyText(outcome, plan.kind)));
      return 'written';
    default:
      return hindered(face, plain(applyText(outcome, plan.kind)), plan, outcome);
  }
}

/** The same command as anywhere else, with its own preview and question. */
function undoAfter(answer: string | undefined, { flows: [flowId] }: Plan): void {
  if (answer === UNDO) void vscode.commands.executeCommand('flowmend.undo', flowId);
}

const AGAIN = 'New plan';
const SHOW = 'Show What Changed';

/**
 * Says why nothing was written; a repair that is stale or was taken back since can be planned anew from there. What changed may be
 * more than fits: it is counted, and shown on demand.
 */
async function hindered(
  face: Face,
  why: string,
  plan: Plan,
  outcome: ApplyOutcome | Run,
): Promise<'not written' | 'again'> {
  const drift = outcome.kind === 'stale' ? outcome.drift : [];
  const anew = plan.kind === 'repair' && (outcome.kind === 'stale' || outcome.kind === 'taken back');
  const buttons = [...(anew ? [AGAIN] : []), ...(drift.length > 0 ? [SHOW] : [])];
  const words = drift.length > 0 ? `nothing was written: ${changedWords(drift)} since this was planned.` : why;
  const answer = fail(words, ...buttons);
  // Nobody waits for a message without a button.
  if (buttons.length === 0) return 'not written';
  const pressed = await answer;
  if (pressed === SHOW) await face.previews.show(`${why}\n`, 'what-changed.txt');
  return pressed === AGAIN ? 'again' : 'not written';
}

function changedWords(drift: readonly Drift[]): string {
  const tables = [...new Set(drift.map(({ table }) => table))];
  return `${counted(drift.length, 'value')} of ${tables.join(', ')} changed`;
}
