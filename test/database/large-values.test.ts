import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { planText } from '../../shared/report/text/plan-text.ts';
import type { Session } from '../../shared/session.ts';
import { plain } from '../../shared/words/tone.ts';
import { flow, WAITING } from '../support/flow.ts';
import { everyFormat } from '../support/formats.ts';
import { type Install, makeInstall } from '../support/install.ts';

const MEGABYTES = 10 * 1024 * 1024;
const LEVELS = 3_000;
const SLOW = 900_000;
/** A twentieth of what is stored; of a flow with 1,000 mappings nothing is cut. */
const READABLE = MEGABYTES / 20;

const long = 'x'.repeat(MEGABYTES);
/** 50,000 members of 200 bytes. */
const manyMappings = Object.fromEntries(
  Array.from({ length: 50_000 }, (_, index) => [`a field with number ${index} ${'x'.repeat(150)}`, { target: 'name' }]),
);
const longMapping = { host: long, [long]: 'name' };
const history = [
  ...Array.from({ length: 100_000 }, (_, index) => ({
    phase: `p${index}`,
    at: '2026-01-01T00:00:00Z',
    note: 'x'.repeat(60),
  })),
  { message: long.slice(0, MEGABYTES / 2), at: '2026-01-02T00:00:00Z' },
];

/** As deep as PostgreSQL takes it, deeper than a recursion of JavaScript goes. */
const deep = JSON.parse(`${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`);

type Part = 'child' | 'master' | 'import' | 'raw record';

/** 10 MB in each column that takes them, one flow each. */
const LARGE: readonly [what: string, part: Part, column: string, value: unknown][] = [
  ['one mapping', 'child', 'field_mappings', longMapping],
  ['50,000 mappings', 'child', 'field_mappings', manyMappings],
  ['mappings that are an array', 'child', 'field_mappings', [long]],
  ['mappings of the master', 'master', 'flow_persistence_data', { field_mappings: manyMappings }],
  ['persistence data', 'master', 'flow_persistence_data', { raw_data: long }],
  ['phase transitions', 'master', 'phase_transitions', history],
  ['error history that is no array', 'master', 'error_history', { error: long }],
  ['an error', 'child', 'error_message', long],
  ['details of an error', 'child', 'error_details', { trace: long }],
  ['an error of the import', 'import', 'error_message', long],
  ['a raw value', 'raw record', 'raw_data', { hostname: long, owner: 'team' }],
  ['deep mappings', 'child', 'field_mappings', { deep }],
  ['deep raw data', 'raw record', 'raw_data', deep],
  ['raw noise', 'raw record', 'raw_data', { noise: randomBytes(MEGABYTES / 2).toString('hex') }],
  ['raw fields', 'raw record', 'raw_data', manyMappings],
];

let install: Install;
let session: Session;
const ids: string[] = [];
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) =>
    LARGE.map(([, part, column, value]) => {
      const rows = flow(variant, {
        child: { ...WAITING.child, ...(part === 'child' ? { [column]: value } : {}) },
        master: { ...WAITING.master, ...(part === 'master' ? { [column]: value } : {}) },
        import: part === 'import' ? { [column]: value } : {},
      });
      ids.push(rows.flowId);
      const [first, ...others] = rows.rawRecords;
      return part === 'raw record' ? { ...rows, rawRecords: [{ ...first, [column]: value }, ...others] } : rows;
    }),
  );
  // What is asked here is whether it is handled at all; on a busy machine that may take its time.
  session = await install.session({ FLOWMEND_STATEMENT_TIMEOUT_MS: '300000' });
}, SLOW);
afterAll(() => install.close());

describe.each(LARGE.map(([what], index) => ({ what, index })))('too large: $what', ({ index }) => {
  test(
    'is diagnosed and shown cut in every format',
    async () => {
      const { diagnosis, facts } = await diagnoseWithRawData(session, ids[index] ?? '');
      for (const [format, shown] of everyFormat(diagnosis, session.rules.asked)) {
        expect(shown.length, format).toBeLessThan(READABLE);
      }
      expect(plain(planText(planRepair(session, facts))).length).toBeLessThan(READABLE);
      expect(diagnosis.rawData?.rows).toBe(2);
    },
    SLOW,
  );
});

test('the structure of such raw data is told all the same', async () => {
  const told = async (what: string) => {
    const index = LARGE.findIndex(([one]) => one === what);
    return (await diagnoseWithRawData(session, ids[index] ?? '')).diagnosis.rawData;
  };
  expect((await told('a raw value'))?.fields.find(({ name }) => name === 'hostname')).toMatchObject({
    present: 2,
    longest: MEGABYTES,
    samples: ['host-2', 'x'.repeat(80)],
  });
  const fields = await told('raw fields');
  expect([fields?.tooLarge, fields?.fieldCount, fields?.fields.length]).toEqual([0, 50_002, 200]);
  // Larger, as it is stored, than what is unpacked: it is counted and left alone.
  const noise = await told('raw noise');
  expect([noise?.tooLarge, noise?.fieldCount]).toEqual([1, 2]);
});

test(
  'and the fleet is scanned',
  async () => {
    const { totals } = await scan(session, { healthy: true, reach: 'every flow' });
    expect(totals.flows).toBe(LARGE.length);
  },
  SLOW,
);
