import {
  connectionName,
  type Drift,
  type FailedFlow,
  journalPlace,
  type Plan,
  preview,
  type Receipt,
  type Session,
  writable,
} from '../../../shared/index.ts';
import type { Asks, Panel } from '../panel.ts';

interface Asked {
  readonly kind: 'apply' | 'undo';
  readonly flowId: string;
  readonly plan: Plan;
  readonly receipt: Receipt | undefined;
  readonly changed?: readonly Drift[];
  readonly failed?: readonly FailedFlow[];
}

/** The question before a plan is applied, with its preview. A plan that would not go through is shown, not asked. */
export async function askToRun(
  session: Session,
  { kind, flowId, plan, receipt, changed = [], failed = [] }: Asked,
): Promise<Panel> {
  const run = await preview(writable(session), plan);
  if (run.kind !== 'ran') return { kind: 'hindered', flowId, action: kind, run };
  return {
    kind: 'question',
    flowId,
    question: { kind, plan, run, receipt, changed, failed, ...(await asksOf(session, plan)) },
  };
}

/** What a person has to know or to type before this plan is applied here. */
export async function asksOf(session: Session, plan: Plan): Promise<Asks> {
  const { settings } = session;
  return {
    journal: await journalPlace(session, plan),
    asksName: settings.production ? connectionName(settings) : undefined,
  };
}
