import sql from 'sql-template-tag';
import { evidence } from '../finding/evidence.ts';
import type { Rule } from '../rule/rule.ts';

/** Masters are written before their children; within this time one without a child is just being made. */
const HOURS = 1;

/** A master record of this kind of flow, and no child that belongs to it: the flow shows in lists and can't be opened. */
export const masterWithoutChild: Rule = {
  id: 'master-without-child',
  title: 'Master record without a child',
  severity: 'warning',
  wayOut: 'manual',
  of: 'childless master',
  violated: (f) => sql`${f.idle_hours} > ${HOURS}::float8`,
  restsOn: { master: ['flowId', 'type', 'updatedAt'] },
  explain: (row, model) => ({
    message: `the master record (${row.master_status ?? 'NULL'}) has no child record`,
    evidence: [
      evidence(model, 'master', 'flowId', {
        found: row.flow_id,
        expected: null,
        why: `no ${model.child.table} row has ${model.child.columns.flowId} or ${model.child.columns.masterFlowId} = ${row.flow_id}; deleting the master would take everything linked to it along`,
      }),
    ],
  }),
};
