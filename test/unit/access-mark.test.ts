import { expect, test } from 'vitest';
import { type AccessMark, environmentOf, readMark } from '../../extension/connection/access-mark.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';

const URL = 'postgresql://a@127.0.0.1/b';
const settingsOf = (mark: AccessMark, environment: Record<string, string> = {}) => {
  const { name, production, readOnly } = settingsFrom({
    DATABASE_URL: URL,
    ...environment,
    ...environmentOf(mark, environment),
  });
  return { name, production, readOnly };
};

test('a mark is what the session is opened with', () => {
  expect(settingsOf({ kind: 'writable' })).toEqual({ name: undefined, production: false, readOnly: false });
  expect(settingsOf({ kind: 'production', name: 'incident-db' })).toEqual({
    name: 'incident-db',
    production: true,
    readOnly: false,
  });
  expect(settingsOf({ kind: 'read-only' })).toMatchObject({ readOnly: true });
});

test('a mark never loosens what the environment says', () => {
  const environment = { FLOWMEND_READ_ONLY: '1', FLOWMEND_PRODUCTION: 'other' };
  for (const mark of [{ kind: 'writable' }, { kind: 'production', name: 'x' }, { kind: 'read-only' }] as const) {
    expect(settingsOf(mark, environment)).toMatchObject({ readOnly: true, production: true });
  }
});

test('a connection that was set before there were marks is as it was', () => {
  expect(readMark(undefined)).toEqual({ kind: 'writable' });
});

test('it is read back as it was kept, and what cannot be read is read-only', () => {
  const mark: AccessMark = { kind: 'production', name: 'incident-db' };
  expect(readMark(JSON.stringify(mark))).toEqual(mark);
  for (const kept of ['', '{', 'null', '{"kind":"production"}', '{"kind":"production","name":""}', '{"kind":"w"}']) {
    expect(readMark(kept)).toEqual({ kind: 'read-only' });
  }
});
