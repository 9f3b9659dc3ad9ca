import {
  connectionName,
  journalPlace,
  type Plan,
  preview,
  type Receipt,
  type Session,
  writable,
} from '../../../shared/index.ts';
import type { Panel } from '../state.ts';

interface Asked {
  readonly kind: 'apply' | 'undo';
  readonly flowId: string;
  readonly plan: Plan;
  readonly receipt: Receipt | undefined;
}

/** The question before a plan is applied, with its preview. A plan that would not go through is shown, not asked. */
export async function askToRun(session: Session, { kind, flowId, plan, receipt }: Asked): Promise<Panel> {
  const run = await preview(writable(session), plan);
  if (run.kind !== 'ran') return { kind: 'hindered', flowId, action: kind, run };
  const { settings } = session;
  const question = {
    kind,
    plan,
    run,
    receipt,
    journal: await journalPlace(session, plan),
    asksName: settings.production ? connectionName(settings) : undefined,
  };
  return { kind: 'question', flowId, question };
}
