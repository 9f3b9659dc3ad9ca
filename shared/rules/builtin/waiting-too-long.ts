import sql, { raw } from 'sql-template-tag';
import { literal, literals } from '../../database/sql/identifier.ts';
import { approvalPhase } from '../../flow/model.ts';
import { counted } from '../../words/counted.ts';
import { evidence } from '../finding/evidence.ts';
import { withThreshold } from '../rule/threshold.ts';

/** Three working days: by then whoever should approve has probably not been told. */
const HOURS = 72;

/** What a person stopped waits for nobody, unless its mappings are there to be approved. */
const PAUSED = 'paused';

/** The flow waits for an approval, but for so long that it is likely forgotten, or that there is nothing to approve. */
export const waitingTooLong = withThreshold('hours', HOURS, (hours) => ({
  id: 'waiting-too-long',
  title: `Waiting for an approval for ${counted(hours, 'hour')}`,
  severity: 'warning',
  wayOut: 'resume',
  openOnly: true,
  violated: (f, { statuses }) =>
    sql`${f.idle_hours} > ${raw(String(hours))} and ${f.status} in ${literals(statuses.waiting)}
      and ${f.phase_open} is not null and (${f.status} <> ${literal(PAUSED)} or ${f.awaits_approval})`,
  restsOn: { child: ['status', 'updatedAt'] },
  explain: (row, model) => ({
    message: `the flow has waited for an approval for ${duration(row.idle_hours ?? 0)}`,
    evidence: [
      evidence(model, 'child', 'updatedAt', {
        found: row.updated_at,
        expected: null,
        why:
          row.awaits_approval || !approvalPhase(model)
            ? 'whoever should approve has probably not been told'
            : `there is nothing to approve: ${row.phase_open} comes next, and nobody will start it`,
      }),
    ],
  }),
}));

function duration(hours: number): string {
  return hours < 48 ? counted(Math.floor(hours), 'hour') : counted(Math.floor(hours / 24), 'day');
}
