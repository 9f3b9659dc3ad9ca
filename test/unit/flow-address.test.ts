import { expect, test } from 'vitest';
import { flowAddressIn, flowPath } from '../../extension/documents/flow-address.ts';
import { scanSarif } from '../../shared/report/machine/sarif.ts';

const FLOW = '1e640262-4332-4087-ac4e-1674b08cd8f2';

test.each([
  'flows on db.example.com',
  'postgres on 127.0.0.1:5433',
  'flows on [::1]:5433',
  'flows on /var/run/postgresql/.s.PGSQL.5432',
  'DEMO (demo on 127.0.0.1:5433)',
  '100%2F of /a%b/%25',
])('the address names the database, and is read back: %s', (database) => {
  const path = flowPath(database, FLOW);
  expect(path.split('/')).toHaveLength(3);
  expect(flowAddressIn(path)).toEqual({ flowId: FLOW, database });
});

test('two databases never have one address', () => {
  expect(flowPath('a/b', FLOW)).not.toBe(flowPath('a%2Fb', FLOW));
});

test('an address of SARIF names a flow and no database', () => {
  const finding = {
    rule: 'stalled',
    severity: 'info' as const,
    flowId: FLOW,
    message: '',
    evidence: [],
    fix: null,
  };
  const flow = { flowId: FLOW, findings: [finding] };
  const totals = { error: 0, warning: 0, info: 1, healthy: 0 };
  const sarif = scanSarif({ flows: [flow], totals, notices: [], notAsked: [], endedEarly: null } as never, []);
  const [, uri = ''] = /"uri":"flowmend:([^"]+)"/.exec(JSON.stringify(sarif)) ?? [];
  expect(flowAddressIn(uri)).toEqual({ flowId: FLOW, database: undefined });
});

test.each(['/', '/x.flow', `/${FLOW}`, `/a/b/${FLOW}.flow`, `//${FLOW}.flow`, `/${FLOW}.flow/x`])(
  'no address of a flow: %s',
  (path) => {
    expect(flowAddressIn(path)).toBeUndefined();
  },
);
