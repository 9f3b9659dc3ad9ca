import {
  connectionName,
  journalPlace,
  otherServerOf,
  type Plan,
  preview,
  type Session,
  writable,
} from '../../../shared/index.ts';
import type { Asks, Panel, ToRun } from '../state/panel.ts';

/** The question before a plan is applied, with its preview. A plan that would not go through is shown, not asked. */
export async function askToRun(session: Session, flowId: string, toRun: ToRun): Promise<Panel> {
  const { kind, plan } = toRun;
  const run = await preview(writable(session), plan);
  if (run.kind !== 'ran') return { kind: 'hindered', flowId, action: kind, run };
  const otherServer = toRun.receipt && otherServerOf(session, toRun.receipt);
  return { kind: 'question', flowId, question: { ...toRun, run, ...(await asksOf(session, plan)), otherServer } };
}

/** What a person has to know or to type before this plan is applied here. */
export async function asksOf(session: Session, plan: Plan): Promise<Asks> {
  const { settings } = session;
  return {
    journal: await journalPlace(session, plan),
    asksName: settings.production ? connectionName(settings) : undefined,
  };
}
