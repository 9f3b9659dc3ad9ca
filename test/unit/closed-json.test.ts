import { expect, test } from 'vitest';
import { closedJson } from '../../shared/secrets/closed-json.ts';

test.each([
  ['{"a": 1, "b": "it\'s \\"m', { a: 1, b: 'it\'s "m' }],
  ['{"a": [1, {"b": ["x", "y', { a: [1, { b: ['x', 'y'] }] }],
  ['{"a": {"b": 1}, "c', { a: { b: 1 } }],
  ['{"a": "x,{", "c": 12', { a: 'x,{' }],
  ['{"a": "x\\', { a: 'x' }],
  ['{"a": "x\\\\u12', { a: 'x\\u12' }],
  ['{"a": "x\\u12', { a: 'x' }],
  ['["a", tr', ['a']],
  ['{"a', {}],
  ['"long te', 'long te'],
])('a cut JSON text is closed: %s', (text, value) => {
  expect(JSON.parse(closedJson(text) ?? '')).toEqual(value);
});

test('cut anywhere, it can be read', () => {
  const text = JSON.stringify({ a: [{ b: 'x"\\\u0001' }, [null, true, -1.5e3], 'y'], 'c"': { d: {} }, e: '' }, null, 1);
  for (let length = 1; length < text.length; length += 1) {
    expect(() => JSON.parse(closedJson(text.slice(0, length)) ?? '')).not.toThrow();
  }
});

test.each(['{"a": 1}', '12', 'a text', '[1] and more'])('nothing is open: %s', (text) => {
  expect(closedJson(text)).toBeUndefined();
});
