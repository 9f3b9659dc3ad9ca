import { z } from 'zod';
import { mappingsIn } from '../flow/mappings.ts';
import type { FlowModel } from '../flow/model.ts';
import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import { mappingsText } from '../rules/facts/mappings-stored.ts';
import type { Decision } from './decide.ts';
import { stateAfterRepair, stateNow } from './flow-state.ts';
import { type Endpoint, predict } from './predict.ts';

const Prediction = z.object({
  effect: z.enum(['approves', 'processes', 'restarts', 'nothing', 'refused']),
  strategy: z.string(),
  because: z.string(),
});

/** One way to call the platform, with the very request that would be sent. The token is added when it is sent. */
export const ResumeCall = z.object({
  endpoint: z.enum(['intelligent', 'standard']),
  method: z.literal('POST'),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.record(z.string(), z.unknown()),
  now: Prediction,
  afterRepair: Prediction,
});
export type ResumeCall = z.infer<typeof ResumeCall>;

const PATHS: Record<Endpoint, string> = { standard: 'resume', intelligent: 'resume-intelligent' };

/**
 * Both resume calls for a flow, the standard one first, with what each would do now and after the repair. None for a kind
 * of flow whose endpoints Flowmend does not know: what it knows of those of discovery flows says nothing about others.
 */
export function resumeCalls(facts: FlowFacts, decision: Decision, model: FlowModel): ResumeCall[] {
  const { row } = facts;
  const { resumePath } = model;
  if (resumePath === null) return [];
  const approves = decision.kind === 'approve';
  const asked = approves ? 'to approve' : 'to go on';
  const approved = approves ? mappingsIn(mappingsText(facts), model) : {};
  const bodies: Record<Endpoint, Record<string, unknown>> = {
    standard: { field_mappings: approved, approval: approves },
    intelligent: { action: 'auto', force_restart: false },
  };
  return (['standard', 'intelligent'] as const).map((endpoint) => {
    const afterRepair = predict(endpoint, stateAfterRepair(facts, model), asked, model);
    // Where the endpoint will approve, it is told what to approve: exactly the mappings that were shown.
    const explicit =
      endpoint === 'intelligent' && afterRepair.effect === 'approves' ? { field_mappings: approved } : {};
    return {
      endpoint,
      method: 'POST',
      path: `${resumePath}/${row.flow_id}/${PATHS[endpoint]}`,
      headers: { 'X-Client-Account-ID': row.client_account_id, 'X-Engagement-ID': row.engagement_id },
      body: { ...bodies[endpoint], ...explicit },
      now: predict(endpoint, stateNow(facts), asked, model),
      afterRepair,
    };
  });
}
