import { describe, expect, test } from 'vitest';
import { demoSettings, environmentDatabase, keptSettings } from '../../extension/connection/connection-settings.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';

const KEPT = 'postgresql://a@kept.example.com/flows';
/** All that the environment can say of another connection. */
const OTHER = {
  FLOWMEND_DATABASE_URL: 'postgresql://b@other.example.com/flows',
  FLOWMEND_READ_URL: 'postgresql://b@replica.example.com/flows',
  FLOWMEND_API_URL: 'https://other.example.com',
  FLOWMEND_API_TOKEN: 'token-of-the-other',
  FLOWMEND_CONNECTION: 'other',
};
const WRITABLE = { kind: 'writable' } as const;
const apiOf = ({ api }: ReturnType<typeof keptSettings>) => api && [api.url, api.token?.reveal()];

describe('a connection that a person set', () => {
  test('takes no address and no token of the environment', () => {
    const settings = keptSettings({ databaseUrl: KEPT, mark: WRITABLE }, OTHER, undefined);
    expect(settings.database).toMatchObject({ label: 'flows on kept.example.com', readUrl: undefined });
    expect(settings.api).toBeUndefined();
  });

  test('sends its own token to its own address, and nothing else there', () => {
    const api = { address: 'https://kept.example.com' };
    expect(apiOf(keptSettings({ databaseUrl: KEPT, api, mark: WRITABLE }, OTHER, undefined))).toEqual([
      'https://kept.example.com',
      undefined,
    ]);
    const withToken = { ...api, token: 'own' };
    expect(apiOf(keptSettings({ databaseUrl: KEPT, api: withToken, mark: WRITABLE }, OTHER, undefined))).toEqual([
      'https://kept.example.com',
      'own',
    ]);
  });

  test('is tightened by the environment all the same', () => {
    const settings = keptSettings(
      { databaseUrl: KEPT, mark: WRITABLE },
      { FLOWMEND_READ_ONLY: '1', FLOWMEND_PRODUCTION: 'x', FLOWMEND_SCHEMA: 'own' },
      undefined,
    );
    expect(settings).toMatchObject({ readOnly: true, production: true, database: { schema: 'own' } });
  });

  test.each([
    [{ databaseUrl: 'nonsense' }, /^The address of the database is not/],
    [{ databaseUrl: KEPT, api: { address: 'nonsense' } }, /^The address of the API is not/],
    [{ databaseUrl: KEPT, api: { address: 'https://a.example.com', token: 'a b' } }, /^The token of the API holds/],
  ])('says what is wrong in the words of who typed it: %j', (typed, words) => {
    expect(() => keptSettings({ ...typed, mark: WRITABLE }, {}, undefined)).toThrow(words);
  });
});

describe('the database of the environment', () => {
  const { FLOWMEND_CONNECTION: _, ...unnamed } = OTHER;

  test('is told with what names it', async () => {
    const namedBy = (environment: Record<string, string>) =>
      environmentDatabase(environment, undefined, undefined)?.namedBy;
    expect(namedBy(unnamed)).toBe('FLOWMEND_DATABASE_URL of the environment');
    expect(namedBy({ DATABASE_URL: KEPT })).toBe('DATABASE_URL of the environment');
    expect(namedBy({ PGHOST: 'db.example.com' })).toBe('PG* of the environment');
    expect(namedBy({})).toBeUndefined();
    const configuration = await parseConfiguration('connections: { other: { urlFrom: U } }', 'flowmend.yaml');
    expect(environmentDatabase({ ...OTHER, U: KEPT }, configuration, undefined)).toMatchObject({
      namedBy: 'Connection other of flowmend.yaml',
      settings: { database: { label: 'flows on kept.example.com' } },
    });
  });

  test('has the API of the environment; the setting is asked only where it names none', () => {
    const setting = 'https://setting.example.com';
    const api = (environment: Record<string, string>) => {
      const found = environmentDatabase(environment, undefined, setting);
      return found && apiOf(found.settings);
    };
    expect(api(unnamed)).toEqual(['https://other.example.com', 'token-of-the-other']);
    expect(api({ DATABASE_URL: KEPT })).toEqual([setting, undefined]);
  });

  test('a connection that is named and not there is told, and not taken for none', () => {
    expect(() => environmentDatabase(OTHER, undefined, undefined)).toThrow(/There is no connection "other"/);
  });

  test('a wrong address in the setting is told as the setting', () => {
    expect(() => environmentDatabase({ DATABASE_URL: KEPT }, undefined, 'nonsense')).toThrow(
      /^The setting flowmend.apiUrl is not/,
    );
  });
});

test('the demo is called so wherever its database is named', () => {
  const environment = {
    FLOWMEND_DATABASE_URL: 'postgresql://postgres@127.0.0.1:5433/demo',
    FLOWMEND_API_URL: 'http://127.0.0.1:8000',
  };
  expect(demoSettings({ environment, close: async () => {} })).toMatchObject({
    database: { label: 'DEMO (demo on 127.0.0.1:5433)' },
    api: { url: 'http://127.0.0.1:8000' },
  });
});
