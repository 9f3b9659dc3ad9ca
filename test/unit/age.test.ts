import { expect, test } from 'vitest';
import { age } from '../../shared/words/age.ts';

test.each([
  ['2026-11-24T12:00:00Z', '0 s'],
  ['2026-11-24T11:59:01Z', '59 s'],
  ['2026-11-24T11:30:00Z', '30 min'],
  ['2026-11-24T10:00:00Z', '2 h'],
  ['2026-11-20T12:00:00Z', '4 d'],
  ['2025-07-05T17:41:20Z', '16 mo'],
  ['2020-11-24T12:00:00Z', '5 y'],
  ['2030-01-01T00:00:00Z', '0 s'],
  ['nonsense', '?'],
])('%s was %s ago', (then, words) => {
  expect(age(then, Date.parse('2026-11-24T12:00:00Z'))).toBe(words);
});
