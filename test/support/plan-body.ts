import type { PlanBody } from '../../shared/repair/document/plan.ts';

export const FLOW_ID = '1e640262-4332-4087-ac4e-1674b08cd8f2';

/** A repair of one flow that mends nothing, unless it is told what. */
export function planBody(some: Partial<PlanBody> = {}): PlanBody {
  return {
    schemaVersion: 1,
    kind: 'repair',
    database: 'x on y',
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T01:00:00.000Z',
    flows: [FLOW_ID],
    findings: [],
    mends: [],
    leftOut: [],
    steps: [],
    undoes: null,
    ...some,
  };
}
