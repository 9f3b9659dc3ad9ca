import { expect, test } from 'vitest';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { numberIn, wholeNumber } from '../../tui/plan/option-values.ts';
import { timeoutOf } from '../../tui/run/follow.ts';

const NO_DECIMAL = [
  '',
  ' ',
  '0x10',
  '0b1',
  '1e3',
  '١٢',
  '１２',
  ' 5',
  '5 ',
  '+5',
  '-5',
  '5.',
  '.5',
  '1_000',
  '1,000',
  'NaN',
  'Infinity',
];

test.each(NO_DECIMAL)('%j is no number of an option or a variable', (typed) => {
  expect(numberIn(typed)).toBeNaN();
  expect(() => wholeNumber({ limit: typed }, 'limit', 1_000_000, 0)).toThrow(
    expect.objectContaining({ code: 'usage' }),
  );
  expect(() => timeoutOf({ timeout: typed })).toThrow(expect.objectContaining({ code: 'usage' }));
  const environment = { DATABASE_URL: 'postgresql://db/x', FLOWMEND_LOCK_TIMEOUT_MS: typed };
  expect(() => settingsFrom(environment)).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
});

test('decimal digits are', () => {
  expect([numberIn('16'), numberIn('2.5'), numberIn('007')]).toEqual([16, 2.5, 7]);
  expect(wholeNumber({ limit: '16' }, 'limit', 100)).toBe(16);
  expect(() => wholeNumber({ limit: '2.5' }, 'limit', 100)).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(timeoutOf({ timeout: '0.5' })).toBe(500);
  const { database } = settingsFrom({ DATABASE_URL: 'postgresql://db/x', FLOWMEND_LOCK_TIMEOUT_MS: '1500' });
  expect(database.lockTimeoutMs).toBe(1_500);
});
