import sql, { raw } from 'sql-template-tag';
import { counted } from '../../words/counted.ts';
import { evidence } from '../finding/evidence.ts';
import { withThreshold } from '../rule/threshold.ts';

/** A hiccup is over by the third try; what still fails then fails for a reason. */
const RETRIES = 3;

/** The platform tried the flow again and again, and it is still not through. */
export const tooManyRetries = withThreshold('retries', RETRIES, (retries) => ({
  id: 'too-many-retries',
  title: `Tried again more than ${counted(retries, 'time')}`,
  severity: 'warning',
  wayOut: 'manual',
  openOnly: true,
  violated: (f) => sql`${f.retries} > ${raw(String(retries))}`,
  restsOn: { child: ['status'], master: ['retries'] },
  explain: (row, model) => ({
    message: `the flow was tried again ${counted(row.retries ?? 0, 'time')} and is still ${row.status}`,
    evidence: [
      evidence(model, 'master', 'retries', {
        found: String(row.retries),
        expected: null,
        why: `more than ${retries} retries fail for a reason that another one will not mend; look for it in the platform's log`,
      }),
    ],
  }),
}));
