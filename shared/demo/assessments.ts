import { assessment } from '../flow/assessment.ts';
import type { FlowRows } from './flow-rows.ts';

/** Three assessment flows beside the discovery flows: one that is well, one out of step, one that broke. */
export function assessments(now: Date): FlowRows[] {
  return [
    flowOf(now, { number: 1, done: 3, status: 'processing', masterStatus: 'processing', progress: 50 }),
    flowOf(now, { number: 2, done: 4, status: 'in_progress', masterStatus: 'processing', progress: 0 }),
    flowOf(now, { number: 3, done: 6, status: 'processing', masterStatus: 'initialized', progress: 100 }),
  ];
}

interface Spec {
  readonly number: number;
  /** Phases complete, 0 to 6. */
  readonly done: number;
  readonly status: string;
  readonly masterStatus: string;
  readonly progress: number;
}

function flowOf(now: Date, { number, done, status, masterStatus, progress }: Spec): FlowRows {
  const id = (what: number) => `a55e55ed-000${what}-4000-8000-00000000000${number}`;
  const owner = {
    client_account_id: '11111111-1111-4111-8111-111111111111',
    engagement_id: '22222222-2222-4222-8222-222222222222',
    user_id: '33333333-3333-4333-8333-333333333333',
  };
  const times = {
    created_at: new Date(now.getTime() - number * 7_200_000).toISOString(),
    updated_at: new Date(now.getTime() - number * 1_800_000).toISOString(),
  };
  const names = assessment.phases.map((phase) => phase.name);
  return {
    table: assessment.child.table,
    master: {
      id: id(2),
      flow_id: id(0),
      ...owner,
      flow_type: assessment.kind,
      flow_name: `Assessment ${number}`,
      flow_status: masterStatus,
      ...times,
    },
    imports: [],
    child: {
      id: id(1),
      flow_id: id(0),
      master_flow_id: id(0),
      ...owner,
      flow_name: `Assessment ${number}`,
      status,
      progress,
      current_phase: names[Math.min(done, names.length - 1)],
      phase_results: Object.fromEntries(names.slice(0, done).map((name) => [name, { applications: 4 }])),
      ...times,
    },
    rawRecords: [],
  };
}
