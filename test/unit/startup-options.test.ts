import { expect, test } from 'vitest';
import { startupOptions } from '../../shared/database/driver/startup-options.ts';

test('every spelling of a setting that libpq takes', () => {
  expect(startupOptions('')).toEqual({});
  expect(startupOptions('  -c a.b=1   -cc_d=x=y --e-f=two\\ words\\\\ ')).toEqual({
    'a.b': '1',
    c_d: 'x=y',
    e_f: 'two words\\',
  });
});

test.each(['-e', '-c', '-c name', 'name=value', '-c =x'])('%s is no setting, and is not repeated', (options) => {
  expect(() => startupOptions(options)).toThrow(/^The options of the connection hold something that is no setting\.$/);
});
