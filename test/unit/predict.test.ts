import { expect, test } from 'vitest';
import { discovery } from '../../shared/flow/discovery.ts';
import type { FlowState } from '../../shared/resume/flow-state.ts';
import { type Endpoint, predict } from '../../shared/resume/predict.ts';

const WAITING: FlowState = {
  status: 'waiting_for_approval',
  phaseStored: 'field_mapping',
  phasesComplete: ['data_import'],
  childMappings: 13,
  masterStatus: 'waiting_for_approval',
  masterMentionsMapping: true,
  importLinked: true,
  rawRecords: 23,
};

// Each row is a sentence of the platform's facts.
test.each<[says: string, endpoint: Endpoint, change: Partial<FlowState>, effect: string, strategy: string]>([
  ['waits in field_mapping', 'intelligent', {}, 'approves', 'approve_field_mappings'],
  ['paused counts as waiting', 'intelligent', { status: 'paused' }, 'approves', 'approve_field_mappings'],
  [
    'attribute_mapping is not approved by auto',
    'intelligent',
    { phaseStored: 'attribute_mapping' },
    'processes',
    'resume_field_mapping',
  ],
  ['a child still running is not either', 'intelligent', { status: 'running' }, 'processes', 'resume_field_mapping'],
  ['no mappings: 400', 'intelligent', { childMappings: 0 }, 'refused', 'approve_field_mappings'],
  ['completed', 'intelligent', { status: 'completed' }, 'nothing', 'already_completed'],
  [
    'import not complete, raw data linked',
    'intelligent',
    { status: 'running', phasesComplete: [] },
    'restarts',
    'restart_from_raw_data',
  ],
  [
    'an unlinked import means no raw data',
    'intelligent',
    { status: 'running', phasesComplete: [], importLinked: false },
    'processes',
    'continue_from_current',
  ],
  [
    'mapping complete',
    'intelligent',
    { status: 'running', phasesComplete: ['data_import', 'field_mapping'] },
    'processes',
    'resume_data_cleansing',
  ],
  ['deleted: 400', 'intelligent', { status: 'deleted' }, 'refused', 'none'],
  ['master waits and mentions the mapping', 'standard', {}, 'approves', 'phase_controller'],
  ['master running', 'standard', { masterStatus: 'running' }, 'approves', 'phase_controller'],
  [
    'master left at initialization',
    'standard',
    { masterStatus: 'initialization' },
    'nothing',
    'master_flow_orchestrator',
  ],
  [
    'master does not mention the mapping',
    'standard',
    { masterMentionsMapping: false },
    'nothing',
    'master_flow_orchestrator',
  ],
  ['no master record', 'standard', { masterStatus: null }, 'processes', 'legacy_crewai_service'],
  ['deleted: 400', 'standard', { status: 'deleted' }, 'refused', 'none'],
])('%s: %s', (_says, endpoint, change, effect, strategy) => {
  expect(predict(endpoint, { ...WAITING, ...change }, 'to approve', discovery)).toMatchObject({ effect, strategy });
});

test('a restart says how many records it leaves behind', () => {
  const state = { ...WAITING, status: 'running', phasesComplete: [], rawRecords: 250 };
  expect(predict('intelligent', state, 'to go on', discovery).because).toContain('leaves 150 of 250 records behind');
});

test.each<[masterStatus: string, effect: string]>([
  ['paused', 'processes'],
  ['failed', 'processes'],
  ['initialization', 'nothing'],
])(
  'without an approval the standard endpoint resumes a flow whose master is %s as a paused one: %s',
  (masterStatus, effect) => {
    const state = { ...WAITING, masterStatus, phasesComplete: ['data_import', 'field_mapping'] };
    expect(predict('standard', state, 'to go on', discovery)).toMatchObject({
      effect,
      strategy: 'master_flow_orchestrator',
    });
  },
);
