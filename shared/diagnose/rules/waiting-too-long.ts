import sql, { raw } from 'sql-template-tag';
import { literal } from '../../database/identifier.ts';
import { withThreshold } from '../threshold.ts';

/** Three working days: by then whoever should approve has probably not been told. */
const HOURS = 72;

/** The flow waits for an approval, properly, but for so long that it is likely forgotten. */
export const waitingTooLong = withThreshold('hours', HOURS, (hours) => ({
  id: 'waiting-too-long',
  title: `Waiting for an approval for ${hours} hours`,
  severity: 'warning',
  wayOut: 'resume',
  openOnly: true,
  violated: (model) =>
    sql`f.idle_hours > ${raw(String(hours))} and f.status = ${literal(model.statuses.wait)} and f.awaits_approval`,
  restsOn: { child: ['status', 'updatedAt'] },
  explain: (row, model) => ({
    message: `the flow has waited for an approval for ${duration(row.idle_hours ?? 0)}`,
    evidence: [
      {
        record: 'child',
        table: model.child.table,
        column: model.child.columns.updatedAt,
        found: row.updated_at,
        expected: null,
        why: 'whoever should approve has probably not been told',
      },
    ],
  }),
}));

function duration(hours: number): string {
  return hours < 48 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`;
}
