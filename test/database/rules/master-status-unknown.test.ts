import type { InstallVariant } from '../../../shared/demo/install-schema.ts';
import { discovery } from '../../../shared/flow/discovery.ts';
import { masterVocabulary } from '../../../shared/flow/model.ts';
import { flow, masterless } from '../../support/flow.ts';
import { testRule, type Valid } from '../../support/rule-tester.ts';

const valid: Valid = [
  {
    name: 'a word that only older installs wrote',
    rows: (variant) => flow(variant, { master: { flow_status: 'initialization' } }),
  },
  { name: 'there is no master', rows: (variant) => masterless(variant) },
  ...masterVocabulary(discovery).map((word) => ({
    name: word,
    rows: (variant: InstallVariant) => flow(variant, { master: { flow_status: word } }),
  })),
];

testRule('master-status-unknown', 'a word that nobody writes', {
  valid,
  broken: (variant) => flow(variant, { master: { flow_status: 'almost_done' } }),
  healthy: (variant) => flow(variant),
  message: 'master status "almost_done" is not a status of the platform',
  evidence: [{ record: 'master', column: 'flow_status', found: 'almost_done', expected: 'processing' }],
  ends: 'fix',
  // Where there is a CHECK, no such row can be.
  on: [{ schema: 'migration', linkTarget: 'id', statusCheck: false }],
});

testRule('master-status-unknown', 'beside a child whose status is no word either: none is right', {
  valid,
  broken: (variant) => flow(variant, { child: { status: 'evil' }, master: { flow_status: 'almost_done' } }),
  healthy: (variant) => flow(variant),
  message: 'master status "almost_done" is not a status of the platform',
  evidence: [{ record: 'master', column: 'flow_status', found: 'almost_done', expected: null }],
  also: ['child-status-unknown'],
  ends: { left: 'manual' },
  on: [{ schema: 'migration', linkTarget: 'id', statusCheck: false }],
});
