import { expect, test } from 'vitest';
import { openRateLimit } from '../../shared/repair/apply/rate-limit.ts';

test('so many flows a second; a long question or a pause earns no burst', () => {
  let at = 0;
  const limit = openRateLimit(50, () => at);
  expect(limit.take(10)).toBe(0);
  expect(limit.take(50)).toBe(200);
  at = 9_000;
  expect(limit.take(50)).toBe(0);
  expect(limit.take(50)).toBe(1_000);
  at = 9_999;
  expect(limit.take(50)).toBe(1);
  at = 10_000;
  expect(limit.take(50)).toBe(0);
  expect(limit.take(1)).toBe(1_000);
});

test('without a bound nothing is waited for', () => {
  const limit = openRateLimit(Number.POSITIVE_INFINITY, () => 0);
  expect([limit.take(500), limit.take(500)]).toEqual([0, 0]);
});
