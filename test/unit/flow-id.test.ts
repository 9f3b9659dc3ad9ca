import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIdPrefix } from '../../shared/flow/flow-id.ts';

test('a whole id is a range of one', () => {
  const id = '1e640262-4332-4087-ac4e-1674b08cd8f2';
  expect(parseIdPrefix(` ${id.toUpperCase()} `)).toEqual({ from: id, to: id });
});

test('every prefix holds the id it was cut from', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 1, max: 36 }), (id, length) => {
      const { from, to } = parseIdPrefix(id.slice(0, length));
      expect(from <= id && id <= to).toBe(true);
    }),
    { seed: 20261124 },
  );
});

test.each(['', '-', '12g', '1e64026243', 'xyz12345', '1e640262-4332-4087-ac4e-1674b08cd8f21', '----'])(
  '%j is no id',
  (typed) => {
    expect(() => parseIdPrefix(typed)).toThrow(expect.objectContaining({ code: 'malformed-id' }));
  },
);
