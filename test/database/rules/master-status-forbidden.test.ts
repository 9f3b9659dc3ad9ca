import { flow } from '../../support/flow.ts';
import { testRule } from '../../support/rule-tester.ts';

testRule('master-status-forbidden', 'a row that is older than the CHECK', {
  broken: (variant) => flow(variant, { master: { flow_status: 'running' } }),
  healthy: (variant) => flow(variant),
  message: 'master status running is forbidden by a CHECK of this install',
  evidence: [{ record: 'master', column: 'flow_status', found: 'running', expected: 'processing' }],
  ends: 'fix',
  on: [{ schema: 'migration', linkTarget: 'flow_id', statusCheck: false }],
  // NOT VALID: the CHECK holds for every write from now on, and not for the rows that are there.
  after: (schema) =>
    `alter table ${schema}.crewai_flow_state_extensions add constraint newer check (flow_status <> 'running') not valid`,
  // The way back would write what the CHECK forbids.
  undo: 'refused by the database',
});
