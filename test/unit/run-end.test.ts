import { expect, test } from 'vitest';
import type { ManyOutcome } from '../../shared/repair/apply/many-outcome.ts';
import { runEndText } from '../../shared/report/marks/run-end.ts';
import { runUndoneText } from '../../shared/report/text/undo-text.ts';
import { plain } from '../../shared/words/tone.ts';

const outcome = (change: Partial<ManyOutcome>): ManyOutcome => ({
  kind: 'done',
  why: null,
  planHash: 'h',
  total: 3,
  applied: 3,
  before: 0,
  failed: [],
  left: 0,
  receipts: [],
  ...change,
});

test.each<[Partial<ManyOutcome>, string]>([
  [{}, '✔ 3 of 3 flows taken back'],
  [{ before: 1, applied: 2 }, '✔ 2 of 3 flows taken back, 1 by somebody else meanwhile'],
  [{ kind: 'refused', why: 'no' }, '✖ refused: no; nothing was written'],
  [
    { kind: 'interrupted', applied: 1, left: 2 },
    '▲ 1 of 3 flows taken back\nIt ended between two batches, as asked.\n2 not tried: the same undo goes on with them',
  ],
  [
    { kind: 'stopped', why: 'the name is missing.', applied: 1, left: 2 },
    '▲ 1 of 3 flows taken back\nIt stopped: the name is missing.\n2 not tried: the same undo goes on with them',
  ],
  [
    { kind: 'broken', why: 'No connection. Try again.', applied: 1, left: 2 },
    '▲ 1 of 3 flows taken back\nIt broke off: No connection. Try again.\n2 not tried: the same undo goes on with them',
  ],
])('an undo of many: %o', (change, expected) => {
  expect(plain(runUndoneText(outcome(change)))).toBe(expected);
});

test('a repair of many ends in the same words', () => {
  const stopped = outcome({ kind: 'stopped', why: '1 of 2 failed', applied: 1, before: 1, left: 1 });
  expect(plain(runEndText(stopped, 'repair'))).toBe(
    '▲ 1 of 3 flows mended and verified, 1 by an earlier run of this plan\nIt stopped: 1 of 2 failed.',
  );
});

test('what could not be restored whole is not called good', () => {
  const column = { table: { schema: 'migration', name: 'discovery_flows' }, column: 'updated_at', rows: 3 };
  const [[first] = []] = runEndText(outcome({ notRestored: [column] }), 'undo');
  expect(first).toEqual({ text: '▲ 3 of 3 flows taken back', tone: 'warn' });
});
