import { expect, test } from 'vitest';
import { currentPage, elsewherePage, stalePage } from '../../extension/documents/flow-page.ts';
import { Failure } from '../../shared/failure.ts';

const FLOW = '1e640262-4332-4087-ac4e-1674b08cd8f2';
const LAST = { database: 'flows on a', checkedAt: '2026-11-29T12:03:04.567Z', text: 'Flow 1e64\nwhy' };

test('the head says of which database and of when it is', () => {
  expect(currentPage(LAST)).toBe('flows on a · as of 2026-11-29 12:03:04 UTC\nFlow 1e64\nwhy');
});

test('what could not be read since keeps the last state and says so, with the reason', () => {
  const away = new Failure('no-connection', 'Nobody there.', { next: 'Wait.' });
  expect(stalePage(LAST, away)).toBe(
    'flows on a · as of 2026-11-29 12:03:04 UTC; the database could not be asked since\nNobody there. Wait.\n\nFlow 1e64\nwhy',
  );
  expect(stalePage(LAST, new Failure('unknown-flow', 'No such flow.'))).toContain(
    'UTC; it is not there any more\nNo such flow.\n',
  );
});

test('a flow of another database says so, and loses nothing', () => {
  const head = 'flows on a · as of 2026-11-29 12:03:04 UTC; not connected to it now';
  expect(elsewherePage(FLOW, 'flows on a', 'DEMO (demo)', LAST)).toBe(
    `${head}: this window works on DEMO (demo)\n\nFlow 1e64\nwhy`,
  );
  expect(elsewherePage(FLOW, 'flows on a', undefined, LAST)).toContain(`${head}: this window works on no database\n`);
  expect(elsewherePage(FLOW, 'flows on a', 'flows on b', undefined)).toBe(
    `Flow ${FLOW} of flows on a; not connected to it now: this window works on flows on b`,
  );
});
