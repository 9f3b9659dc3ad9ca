import { expect, test } from 'vitest';
import { nameObjection, objectionTo } from '../../shared/repair/document/consent.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';

const settings = settingsFrom({ FLOWMEND_DATABASE_URL: 'postgresql://h/d' });
const production = settingsFrom({ FLOWMEND_DATABASE_URL: 'postgresql://h/d', FLOWMEND_PRODUCTION: 'prod' });

test('what is no production is written without a word', () => {
  expect(objectionTo(settings, {})).toBeUndefined();
});

test('production asks for its name and for a reason, whoever asks', () => {
  expect(objectionTo(production, {})).toBe('prod is production: its name has to be typed');
  expect(objectionTo(production, { reason: 'INC-1' })).toBe('prod is production: its name has to be typed');
  expect(objectionTo(production, { name: 'pord', reason: 'INC-1' })).toBe(
    'prod is production, and "pord" is not its name',
  );
  for (const reason of [undefined, '', ' \n']) {
    expect(objectionTo(production, { name: 'prod', reason })).toBe(
      'prod is production: a reason is needed for the journal',
    );
  }
  expect(objectionTo(production, { name: 'prod', reason: 'INC-1' })).toBeUndefined();
});

test('what is not journalled needs no reason', () => {
  expect(nameObjection(production, { name: 'prod' })).toBeUndefined();
});
