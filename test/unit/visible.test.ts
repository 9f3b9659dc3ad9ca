import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../../shared/words/visible.ts';

test.each([
  ['\u001b[31mred', '\\u001b[31mred'],
  ['a\nb\tc', 'a\\u000ab\\u0009c'],
  ['x\u202ey', 'x\\u202ey'],
  ['Müller 東京 🚀', 'Müller 東京 🚀'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('nothing that moves a cursor or turns a line survives, whatever comes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
    }),
    { seed: 20261124 },
  );
});

test('too long is cut', () => {
  expect(visible('x'.repeat(1000), 10)).toBe(`${'x'.repeat(10)}…`);
});
