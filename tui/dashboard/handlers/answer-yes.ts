import {
  apply,
  type Consent,
  type Diagnosed,
  diagnose,
  resume,
  type Session,
  standingIn,
  writable,
} from '../../../shared/index.ts';
import type { Asked } from '../keys/key-command.ts';
import type { Handler, Work } from '../loop/handler.ts';
import { type ChangedFact, changedFacts } from '../state/changed-facts.ts';
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
  { kind, plan, run, otherServer, facts }: Extract<Asked, { kind: 'apply' | 'undo' }>,
  consent: Consent,
): Promise<void> {
  const { session, flowId, stage, show, wrote, refresh } = work;
  stage('writing');
  const outcome = await apply(writable(session), plan, { ...consent, server: otherServer, createJournal: true });
  if (outcome.kind === 'applied' || outcome.kind === 'restored in part') {
    wrote({ what: kind === 'apply' ? 'mended' : 'taken back', id: outcome.receipt.id });
  }
  stage('reading');
  const wayBack = run.kind === 'ran' ? run.wayBack : undefined;
  const changed = outcome.kind === 'not verified' && facts ? await changedSince(session, facts) : undefined;
  show({ kind: 'applied', flowId, action: kind, outcome, wayBack, changed });
  // Nothing waits for it: what was done stands there, and the next key works at once.
  void refresh();
}

/** What cannot be read does not hide that nothing was written. */
async function changedSince(session: Session, facts: Diagnosed['facts']): Promise<readonly ChangedFact[]> {
  const now = await diagnose(session, facts.row.flow_id).catch(() => undefined);
  return now ? changedFacts(facts, now.facts) : [];
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
    const needsNone = diagnosed.diagnosis.resume.decision === 'nothing';
    return show({ kind: 'not resumed', flowId, why: outcome.why, next: outcome.next, needsNone });
  }
  const fromPhase = standingIn(diagnosed.facts.row);
  await follow(work, { timeoutMs: MOVES_WITHIN_MS, fromPhase, called: outcome });
}
