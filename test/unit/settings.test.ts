import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../shared/settings/secret.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';

const URL_WITH_PASSWORD = 'postgresql://me:hunter2@db.example.test:6543/prod';

test('FLOWMEND_DATABASE_URL comes before DATABASE_URL', () => {
  const { database } = settingsFrom({ FLOWMEND_DATABASE_URL: URL_WITH_PASSWORD, DATABASE_URL: 'postgresql://other/x' });
  expect(database.url?.reveal()).toBe(URL_WITH_PASSWORD);
  expect(database.label).toBe('prod on db.example.test:6543');
});

test('an empty variable is no variable', () => {
  const { database } = settingsFrom({ FLOWMEND_DATABASE_URL: '', DATABASE_URL: 'postgresql://other/x' });
  expect(database.label).toBe('x on other');
});

test("the spelling of the platform's own services is understood", () => {
  const { database } = settingsFrom({ DATABASE_URL: 'postgresql+asyncpg://me@db/x' });
  expect(database.url?.reveal()).toBe('postgresql://me@db/x');
});

test('the PG* variables are left to the driver', () => {
  const { database } = settingsFrom({ PGHOST: 'db', PGDATABASE: 'x' });
  expect([database.url, database.label]).toEqual([undefined, 'x on db']);
});

test('no secret shows however settings are printed', () => {
  const settings = settingsFrom({
    FLOWMEND_DATABASE_URL: URL_WITH_PASSWORD,
    FLOWMEND_API_URL: 'https://api.example.test/',
    FLOWMEND_API_TOKEN: 'hunter3',
  });
  for (const text of [JSON.stringify(settings), inspect(settings, { depth: 9 }), String(settings.database.url)]) {
    expect(text).not.toMatch(/hunter/);
  }
  expect(settings.api?.url).toBe('https://api.example.test');
});

test('a bad value is named by its variable and never shown', () => {
  const bad: Record<string, string>[] = [
    { DATABASE_URL: 'hunter2' },
    { DATABASE_URL: 'mysql://me:hunter2@db/x' },
    { DATABASE_URL: 'postgresql://db/x', FLOWMEND_API_URL: 'ftp://hunter2' },
    { DATABASE_URL: 'postgresql://db/x', FLOWMEND_API_URL: 'https://me:hunter2@api' },
    { DATABASE_URL: 'postgresql://db/x', FLOWMEND_LOCK_TIMEOUT_MS: 'hunter2' },
  ];
  for (const environment of bad) {
    expect(() => settingsFrom(environment)).toThrow(
      expect.objectContaining({ code: 'settings-invalid', message: expect.not.stringContaining('hunter') }),
    );
  }
});

test('a secret is taken out of texts that come back', () => {
  expect(new Secret('token-1').hideIn('bad token-1!')).toBe('bad [hidden]!');
});

test('a production connection has a name, and a session can be read-only', () => {
  const url = { DATABASE_URL: 'postgresql://db/x' };
  const { database } = settingsFrom({ ...url, FLOWMEND_PRODUCTION: 'incident-db', FLOWMEND_READ_ONLY: '1' });
  expect(database).toMatchObject({ name: 'incident-db', production: true, readOnly: true });
  expect(settingsFrom(url).database).toMatchObject({ name: 'x on db', production: false, readOnly: false });
  for (const off of ['', '0', 'false', 'no']) {
    expect(settingsFrom({ ...url, FLOWMEND_READ_ONLY: off }).database.readOnly).toBe(false);
  }
});
