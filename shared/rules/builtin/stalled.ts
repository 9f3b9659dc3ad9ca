import sql, { raw } from 'sql-template-tag';
import { literals } from '../../database/sql/identifier.ts';
import { counted } from '../../words/counted.ts';
import { evidence } from '../finding/evidence.ts';
import { withThreshold } from '../rule/threshold.ts';

/** Work that is alive writes the child every few minutes; a day of silence is not a long phase. */
const HOURS = 24;

/** The flow says it is working, and nothing was written for a day. */
export const stalled = withThreshold('hours', HOURS, (hours) => ({
  id: 'stalled',
  title: `Working without an update for ${counted(hours, 'hour')}`,
  severity: 'warning',
  wayOut: 'manual',
  openOnly: true,
  violated: (f, model) =>
    sql`${f.idle_hours} > ${raw(String(hours))} and ${f.status} in ${literals(model.statuses.working)}
    and ${f.phase_open} is not null and not ${f.awaits_approval}`,
  restsOn: { child: ['status', 'updatedAt'] },
  explain: (row, model) => ({
    message: `the flow is ${row.status} but was not written for ${counted(Math.floor(row.idle_hours ?? 0), 'hour')}`,
    evidence: [
      evidence(model, 'child', 'updatedAt', {
        found: row.updated_at,
        expected: null,
        why: `a flow that works is written at least every ${counted(hours, 'hour')}; retry or resume it from the platform`,
      }),
    ],
  }),
}));
