import type { Scan, ScannedFlow } from '../../shared/diagnose/scan/scan.ts';
import type { Finding } from '../../shared/rules/finding/finding.ts';

/** A finding of a scan, for the tests of what is drawn. */
export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    rule: 'progress-out-of-step',
    severity: 'warning',
    flowId: 'f',
    message: 'progress is 0.0 but should be 66.7',
    evidence: [
      {
        record: 'child',
        table: 'discovery_flows',
        column: 'progress_percentage',
        found: '0.0',
        expected: '66.7',
        why: '4 of 6 phases are complete',
      },
    ],
    wayOut: 'fix',
    ...overrides,
  };
}

/** A flow of a scan; its id begins with its number. */
export function scanned(number: number, overrides: Partial<ScannedFlow> = {}): ScannedFlow {
  return {
    flowId: `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`,
    name: `Inventory ${number}`,
    status: 'processing',
    phase: 'data_cleansing',
    updatedAt: '2026-01-01T00:00:00.000Z',
    findings: [],
    ...overrides,
  };
}

export function scanOf(flows: readonly ScannedFlow[]): Scan {
  return {
    schemaVersion: 1,
    database: 'demo',
    kind: 'discovery',
    checkedAt: '2026-01-01T00:00:00.000Z',
    totals: { flows: flows.length, error: 0, warning: 0, info: 0, healthy: flows.length },
    flows: [...flows],
    notAsked: [],
    notices: [],
    endedEarly: null,
  };
}
