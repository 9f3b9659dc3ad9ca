import { expect, test } from 'vitest';
import { exactJson } from '../../shared/secrets/exact-json.ts';

test('a number that JavaScript would round or lose stays as it is written; any other is a number', () => {
  const lost = ['12345678901234567890', '9007199254740993', '1e400', '-1e-999', '0.10000000000000000555'];
  for (const number of lost) expect(exactJson(`{"a": [${number}]}`)).toEqual({ a: [number] });
  for (const number of [
    '1.10',
    '1e21',
    '-0.50E-7',
    '100000000000000000000',
    '9007199254740992',
    '0.3333333333333333',
  ]) {
    expect(exactJson(`{"a": [${number}]}`)).toEqual({ a: [Number(number)] });
  }
  expect(exactJson('"12345678901234567890"')).toBe('12345678901234567890');
});

test('however deep it is nested', () => {
  let value = exactJson(`${'['.repeat(20_000)}12345678901234567890${']'.repeat(20_000)}`);
  while (Array.isArray(value)) [value] = value;
  expect(Number(value)).toBe(Number('12345678901234567890'));
});
