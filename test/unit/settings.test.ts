import { inspect } from 'node:util';
import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { Secret } from '../../shared/secrets/secret.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';
import { connectionName, settingsFrom } from '../../shared/settings/settings.ts';

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

test('the label says what the driver will connect to, and nothing else does', () => {
  const cases: [environment: Record<string, string>, label: string][] = [
    [{ DATABASE_URL: 'postgresql://me@prod-db:5432/x?host=127.0.0.1&port=5433' }, 'x on 127.0.0.1:5433'],
    [{ DATABASE_URL: 'postgresql://me@db/x?dbname=y' }, 'y on db'],
    [{ DATABASE_URL: 'postgresql://me@db' }, 'me on db'],
    [{ DATABASE_URL: 'postgresql://me@[::1]:6000/x' }, 'x on [::1]:6000'],
    [{ DATABASE_URL: 'postgresql://me@%2Ftmp/x' }, 'x on /tmp/.s.PGSQL.5432'],
    [{ DATABASE_URL: 'postgresql:///x?host=/var/run/postgresql&port=6000' }, 'x on /var/run/postgresql/.s.PGSQL.6000'],
    [{ DATABASE_URL: 'postgresql:///x', PGHOST: 'db', PGPORT: '6000' }, 'x on db:6000'],
    [{ DATABASE_URL: 'postgresql://me@prod', PGDATABASE: 'y' }, 'y on prod'],
    [{ PGHOST: 'db', PGPORT: '6000', PGUSER: 'me' }, 'me on db:6000'],
    [{ PGHOST: '/tmp', PGDATABASE: 'x' }, 'x on /tmp/.s.PGSQL.5432'],
  ];
  for (const [environment, label] of cases) {
    // The driver reads the PG* variables of the process itself.
    for (const name of ['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER']) vi.stubEnv(name, environment[name]);
    expect(settingsFrom(environment).database.label).toBe(label);
  }
  vi.unstubAllEnvs();
});

test('the modes of libpq are read as libpq does, without a warning', () => {
  const warned = vi.spyOn(process, 'emitWarning');
  const { database } = settingsFrom({ DATABASE_URL: 'postgresql://db/x?sslmode=require' });
  const client = new pg.Client(database.url?.reveal());
  expect(client).toMatchObject({ ssl: { rejectUnauthorized: false } });
  expect(warned).not.toHaveBeenCalled();
  expect(settingsFrom({ DATABASE_URL: 'postgresql://db/x?sslmode=verify-full' }).database.url?.reveal()).not.toContain(
    'libpq',
  );
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
    { DATABASE_URL: 'postgresql://db/x', FLOWMEND_API_URL: 'https://api?key=hunter2' },
    { DATABASE_URL: 'postgresql://db/x', FLOWMEND_API_URL: 'https://api', FLOWMEND_API_TOKEN: 'hunter2\n' },
    { DATABASE_URL: 'postgresql://me:hunter2@db/x?port=abc' },
    { DATABASE_URL: 'postgresql://me:hunter2@db/x?sslmode=verify-ca' },
    { DATABASE_URL: 'postgresql://me:hunter2@db/x?sslrootcert=/no/such/file' },
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

test('a replica is read from where one is named', () => {
  const { database } = settingsFrom({ DATABASE_URL: 'postgresql://primary/x', FLOWMEND_READ_URL: URL_WITH_PASSWORD });
  expect([database.label, database.readUrl?.reveal()]).toEqual(['x on primary', URL_WITH_PASSWORD]);
  expect(settingsFrom({ DATABASE_URL: 'postgresql://primary/x' }).database.readUrl).toBeUndefined();
});

describe('a connection by its name', async () => {
  const configuration = await parseConfiguration(
    `connections:
  prod:
    urlFrom: PROD_URL
    readUrlFrom: PROD_READ_URL
    apiUrl: https://prod.example.test
    apiTokenFrom: PROD_TOKEN
    schema: migration
    production: true
    label: Production
  staging: { urlFrom: STAGING_URL, readOnly: true }
  broken: { urlFrom: BROKEN_URL }
  badapi: { urlFrom: STAGING_URL, apiUrl: "ftp://x" }`,
    'f.yaml',
  );
  const environment = {
    PROD_URL: URL_WITH_PASSWORD,
    PROD_READ_URL: 'postgresql://me:hunter4@replica/prod',
    PROD_TOKEN: 'hunter3',
    STAGING_URL: 'postgresql://staging/x',
    BROKEN_URL: 'hunter2',
    FLOWMEND_DATABASE_URL: 'postgresql://other/y',
    FLOWMEND_READ_URL: 'postgresql://other/z',
    FLOWMEND_SCHEMA: 'other',
    FLOWMEND_API_URL: 'https://other.example.test',
    FLOWMEND_API_TOKEN: 'hunter5',
  };
  const of = (connection?: string) => settingsFrom(environment, { configuration, connection });

  test('everything that it says', () => {
    const settings = of('prod');
    expect(settings).toMatchObject({
      name: 'prod',
      production: true,
      readOnly: false,
      database: { label: 'Production (prod on db.example.test:6543)', schema: 'migration' },
      api: { url: 'https://prod.example.test' },
    });
    expect(settings.database.url?.reveal()).toBe(URL_WITH_PASSWORD);
    expect(settings.database.readUrl?.reveal()).toBe(environment.PROD_READ_URL);
    expect(settings.api?.token?.reveal()).toBe('hunter3');
    expect(inspect(settings, { depth: 9 })).not.toMatch(/hunter/);
  });

  test('nothing of the environment that belongs to another is mixed in', () => {
    const { name, readOnly, database, api } = of('staging');
    expect([name, readOnly, database.label, database.readUrl, database.schema, api]).toEqual([
      'staging',
      true,
      'x on staging',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('without a name the environment counts', () => {
    expect(of()).toMatchObject({ name: undefined, production: false, readOnly: false });
    expect(of().database.label).toBe('y on other');
  });

  test.each([
    ['prd', { code: 'usage', next: 'It has: prod, staging, broken, badapi' }],
    ['constructor', { code: 'usage' }],
    ['broken', { code: 'settings-invalid', message: 'BROKEN_URL is not a PostgreSQL connection URL.' }],
    ['badapi', { code: 'settings-invalid', message: expect.stringContaining('connections.badapi.apiUrl') }],
  ])('%s', (name, failure) => {
    expect(() => of(name)).toThrow(expect.objectContaining(failure));
  });

  test('a variable that is not set', () => {
    expect(() => settingsFrom({}, { configuration, connection: 'prod' })).toThrow(
      expect.objectContaining({ code: 'not-configured', next: expect.stringContaining('f.yaml:3:5') }),
    );
  });

  test('no database, but connections: they are named', () => {
    expect(() => settingsFrom({}, { configuration })).toThrow(
      expect.objectContaining({ code: 'not-configured', next: expect.stringContaining('prod, staging') }),
    );
  });
});

test('a production connection has a name, and a session can be read-only', () => {
  const url = { DATABASE_URL: 'postgresql://db/x' };
  const named = settingsFrom({ ...url, FLOWMEND_PRODUCTION: 'incident-db', FLOWMEND_READ_ONLY: '1' });
  expect(named).toMatchObject({ production: true, readOnly: true });
  expect(connectionName(named)).toBe('incident-db');
  expect(settingsFrom(url)).toMatchObject({ production: false, readOnly: false });
  expect(connectionName(settingsFrom(url))).toBe('x on db');
  for (const off of ['', '0', 'false', 'no']) {
    expect(settingsFrom({ ...url, FLOWMEND_READ_ONLY: off }).readOnly).toBe(false);
  }
});
