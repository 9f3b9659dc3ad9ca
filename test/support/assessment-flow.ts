import { randomUUID } from 'node:crypto';
import type { FlowRows } from '../../shared/demo/flow-rows.ts';
import { assessment } from '../../shared/flow/assessment.ts';
import type { Overrides } from './flow.ts';

const names = assessment.phases.map((phase) => phase.name);

/** Columns of an assessment of which the first so many phases are complete. */
export function assessed(phases: number): Record<string, unknown> {
  return {
    phase_results: Object.fromEntries(names.slice(0, phases).map((name) => [name, { done: true }])),
    current_phase: names[Math.min(phases, names.length - 1)],
    progress: Math.round((phases * 100) / names.length),
  };
}

/** The rows of an assessment that is well: two phases complete, the third under way. Overrides break it. */
export function assessmentFlow(overrides: Overrides = {}): FlowRows & { flowId: string } {
  const flowId = randomUUID();
  const tenant = { client_account_id: randomUUID(), engagement_id: randomUUID(), user_id: 'someone' };
  const written = new Date(Date.now() - 600_000).toISOString();
  // Microseconds, as PostgreSQL keeps them: an undo has to give them back.
  const times = { created_at: written, updated_at: written.replace('Z', '456Z') };
  return {
    flowId,
    table: assessment.child.table,
    master: {
      id: randomUUID(),
      flow_id: flowId,
      ...tenant,
      flow_type: 'assessment',
      flow_status: 'processing',
      flow_persistence_data: { current_phase: names[2] },
      ...times,
      ...overrides.master,
    },
    imports: [],
    child: {
      id: randomUUID(),
      flow_id: flowId,
      master_flow_id: flowId,
      ...tenant,
      flow_name: 'Assessment of the portal',
      status: 'processing',
      ...assessed(2),
      ...times,
      ...overrides.child,
    },
    rawRecords: [],
  };
}
