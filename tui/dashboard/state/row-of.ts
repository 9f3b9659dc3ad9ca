import type { Diagnosed, ScannedFlow } from '../../../shared/index.ts';

/** The row of the list of a flow that was read by itself. */
export function rowOf({ diagnosis, facts: { row } }: Diagnosed): ScannedFlow {
  const { flowId, name, findings, notJudged } = diagnosis;
  return {
    flowId,
    name,
    status: row.status,
    phase: row.phase_stored,
    updatedAt: row.updated_at,
    findings,
    ...(notJudged === undefined ? {} : { notJudged: true }),
  };
}
