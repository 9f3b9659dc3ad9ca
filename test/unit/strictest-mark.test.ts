import { describe, expect, test } from 'vitest';
import { type AccessMark, environmentOf } from '../../extension/connection/access-mark.ts';
import { nameObjection } from '../../shared/repair/document/consent.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';
import { connectionName, settingsFrom } from '../../shared/settings/settings.ts';

const URL = 'postgresql://a@127.0.0.1/b';

/** What each source says, with every word for "no" that it has; the first is that it says nothing. */
const SOURCES = {
  FLOWMEND_PRODUCTION: [undefined, '', 'prod'],
  FLOWMEND_READ_ONLY: [undefined, '', '0', 'false', '1'],
  production: [undefined, false, true],
  readOnly: [undefined, false, true],
} as const;

const said = <V>(value: V): value is NonNullable<V> => value !== undefined;
const combinations = SOURCES.FLOWMEND_PRODUCTION.flatMap((named) =>
  SOURCES.FLOWMEND_READ_ONLY.flatMap((locked) =>
    SOURCES.production.flatMap((production) =>
      SOURCES.readOnly.map((readOnly) => ({ named, locked, production, readOnly })),
    ),
  ),
);

describe('the strictest of variables and file wins, whatever the others say', () => {
  test.each(combinations)('%o', async ({ named, locked, production, readOnly }) => {
    const dev = { urlFrom: 'DATABASE_URL', production, readOnly };
    const configuration = await parseConfiguration(JSON.stringify({ connections: { dev } }), 'flowmend.yaml');
    const environment = {
      DATABASE_URL: URL,
      ...(said(named) ? { FLOWMEND_PRODUCTION: named } : {}),
      ...(said(locked) ? { FLOWMEND_READ_ONLY: locked } : {}),
    };
    const settings = settingsFrom(environment, { configuration, connection: 'dev' });
    expect(settings).toMatchObject({
      production: named === 'prod' || production === true,
      readOnly: locked === '1' || readOnly === true,
    });
    // Every name that applies is to be typed.
    expect(connectionName(settings)).toBe(named === 'prod' ? 'dev prod' : 'dev');
  });
});

test('where two names apply, neither of them alone is enough', async () => {
  const configuration = await parseConfiguration('connections: {dev: {urlFrom: DATABASE_URL}}', 'flowmend.yaml');
  const environment = { DATABASE_URL: URL, FLOWMEND_PRODUCTION: 'prod' };
  const settings = settingsFrom(environment, { configuration, connection: 'dev' });
  expect(nameObjection(settings, { name: 'dev' })).toContain('"dev" is not its name');
  expect(nameObjection(settings, { name: 'prod' })).toContain('"prod" is not its name');
  expect(nameObjection(settings, { name: 'dev prod' })).toBeUndefined();
  // The same name twice is one.
  const same = settingsFrom({ ...environment, FLOWMEND_PRODUCTION: 'dev' }, { configuration, connection: 'dev' });
  expect(connectionName(same)).toBe('dev');
});

test('a name of blanks marks the connection all the same', () => {
  const settings = settingsFrom({ DATABASE_URL: URL, FLOWMEND_PRODUCTION: '  ' });
  expect([settings.production, connectionName(settings)]).toEqual([true, 'b on 127.0.0.1']);
});

describe('in VS Code a mark takes nothing of the environment away', () => {
  const marks: AccessMark[] = [{ kind: 'writable' }, { kind: 'production', name: 'mine' }, { kind: 'read-only' }];
  const environments = [{}, { FLOWMEND_PRODUCTION: 'prod' }, { FLOWMEND_READ_ONLY: '1' }].map((one) => ({
    FLOWMEND_PRODUCTION: '',
    FLOWMEND_READ_ONLY: '',
    ...one,
  }));
  test.each(marks.flatMap((mark) => environments.map((environment) => ({ mark, environment }))))(
    '%o',
    ({ mark, environment }) => {
      const all = { DATABASE_URL: URL, ...environment, ...environmentOf(mark, environment) };
      const { production, readOnly, name } = settingsFrom(all);
      const names = [mark.kind === 'production' ? mark.name : '', environment.FLOWMEND_PRODUCTION].filter(Boolean);
      expect({ production, readOnly, name }).toEqual({
        production: names.length > 0,
        readOnly: mark.kind === 'read-only' || environment.FLOWMEND_READ_ONLY === '1',
        name: names.length > 0 ? names.join(' ') : undefined,
      });
    },
  );
});
