import { apply, type Consent, resume, standingIn, writable } from '../../../shared/index.ts';
import type { Asked } from '../command.ts';
import type { Handler, Work } from '../handler.ts';
import { follow } from './follow.ts';
import { mendMany } from './mend-many.ts';
import { undoRunNow } from './undo-run.ts';

/** As long as the command line waits for a flow to move after its call. */
const MOVES_WITHIN_MS = 60_000;

/** Carries out exactly what was shown and agreed to. */
export function answerYes(question: Asked, consent: Consent): Handler {
  return (work) => {
    if (question.kind === 'resume') return resumeNow(work, question, consent);
    if (question.kind === 'undoRun') return undoRunNow(work, question, { ...consent, server: question.otherServer });
    return question.kind === 'applyMany' ? mendMany(work, question, consent) : applyNow(work, question, consent);
  };
}

async function applyNow(
  work: Work,
  { kind, plan, run, otherServer }: Extract<Asked, { kind: 'apply' | 'undo' }>,
  consent: Consent,
): Promise<void> {
  const { session, flowId, stage, show, refresh } = work;
  stage('writing');
  const outcome = await apply(writable(session), plan, { ...consent, server: otherServer, createJournal: true });
  stage('reading');
  show({ kind: 'applied', flowId, action: kind, outcome, wayBack: run.kind === 'ran' ? run.wayBack : undefined });
  // Nothing waits for it: what was done stands there, and the next key works at once.
  void refresh();
}

async function resumeNow(
  work: Work,
  { diagnosed }: Extract<Asked, { kind: 'resume' }>,
  consent: Consent,
): Promise<void> {
  const { session, flowId, stage, show } = work;
  stage('writing');
  const outcome = await resume(writable(session), diagnosed, consent);
  if (outcome.kind === 'not resumable') {
    return show({ kind: 'not resumed', flowId, why: outcome.why, next: outcome.next });
  }
  const fromPhase = standingIn(diagnosed.facts.row);
  await follow(work, { timeoutMs: MOVES_WITHIN_MS, fromPhase, called: outcome });
}
