import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findConfiguration, parseConfiguration } from '../../shared/settings/find-configuration.ts';

const WHOLE = `
# everything at once
master: lifecycle
rules:
  stalled: { hours: 48, severity: error }
  progress-out-of-step: off
  too-many-retries:
    retries: 10
customRules:
  - id: retried-often
    title: Retried often
    where: retries > 5 and status = 'processing'
    message: the flow is retried again and again
    severity: warning
    help: look at the log
connections:
  prod:
    urlFrom: PROD_DATABASE_URL
    readUrlFrom: PROD_READ_URL
    apiUrl: https://platform.example.com
    apiTokenFrom: PROD_TOKEN
    production: true
    label: Production
  staging: { urlFrom: STAGING_DATABASE_URL, schema: migration, readOnly: true }
`;

test('everything that it may hold', async () => {
  const { placeOf, ...configuration } = await parseConfiguration(WHOLE, 'flowmend.yaml');
  expect(configuration).toMatchObject({
    master: 'lifecycle',
    rules: {
      stalled: { hours: 48, severity: 'error' },
      'progress-out-of-step': 'off',
      'too-many-retries': { retries: 10 },
    },
    customRules: [{ id: 'retried-often', severity: 'warning', help: 'look at the log' }],
    connections: {
      prod: { urlFrom: 'PROD_DATABASE_URL', production: true, readOnly: false },
      staging: { schema: 'migration', production: false, readOnly: true },
    },
  });
  expect(placeOf(['customRules', 0, 'where'])).toBe('flowmend.yaml:12:5');
  expect(placeOf(['customRules', 0, 'where'], 'retries > 5 and '.length)).toBe('flowmend.yaml:12:28');
});

test.each(['', '# only a comment\n', '{}'])('nothing: %j', async (text) => {
  expect(await parseConfiguration(text, 'x.yaml')).toMatchObject({ rules: {}, customRules: [], connections: {} });
});

test('JSON is YAML too', async () => {
  const text = '{\n  "rules": {\n    "stalled": "info"\n  }\n}';
  expect((await parseConfiguration(text, 'x.json')).rules).toEqual({ stalled: 'info' });
});

describe('a character inside of a string is found, however the string is written', () => {
  test.each([
    ['plain', 'a: status = "x"\n', ':1:4', ':1:11'],
    ['plain, over two lines', 'a: status\n  = "x"\n', ':1:4', ':2:3'],
    ['single quotes', "a: 'status = 1'\n", ':1:5', ':1:12'],
    ['double quotes', 'a: "status = 1"\n', ':1:5', ':1:12'],
    ['literal', 'a: |\n  status\n    = 1\n', ':2:3', ':3:5'],
    ['folded', 'a: >-\n\n  status\n  = 1\n', ':3:3', ':4:3'],
  ])('%s', async (_, text, start, sign) => {
    const { LineCounter, parseDocument } = await import('yaml');
    const { placesIn } = await import('../../shared/settings/yaml-place.ts');
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const value = String(document.get('a'));
    const places = placesIn(document, text, lines, '');
    expect([places.of(['a'], value.indexOf('status')), places.of(['a'], value.indexOf('='))]).toEqual([start, sign]);
  });
});

describe('each error names its line and what was expected', () => {
  const rule = (more: string) =>
    `customRules:\n  - id: mine\n    message: m\n    severity: info\n    where: open\n${more}`;
  test.each<[string, string, RegExp]>([
    ['a list', '- rules', /^f\.yaml:1:1: expected a map of settings$/],
    ['a word', 'rules', /^f\.yaml:1:1: expected a map of settings$/],
    ['an unknown key', 'rules: {}\nconections: {}', /^f\.yaml:2:1: .*"conections": did you mean "connections"\?/],
    ['a far-off key', 'rules: {}\n\nfoo: 1', /^f\.yaml:3:1: .*"foo": it knows .*rules.*connections/],
    ['an unknown rule', 'rules:\n  staled: off', /^f\.yaml:2:3: .*"staled": did you mean "stalled"\?/],
    ['an unknown severity', 'rules:\n  stalled: fatal', /^f\.yaml:2:3: rules\.stalled: .*error.*warning.*info.*off/],
    [
      'an unknown severity in a map',
      'rules:\n  stalled:\n    severity: fatal',
      /^f\.yaml:3:5: rules\.stalled\.severity: .*error/,
    ],
    ['a misspelt threshold', 'rules:\n  stalled:\n    hour: 3', /^f\.yaml:3:5: .*"hour": did you mean "hours"\?/],
    [
      "another rule's threshold",
      'rules:\n  stalled: {retries: 3}',
      /^f\.yaml:2:13: .*"retries": it knows severity, hours/,
    ],
    ['a threshold below zero', 'rules:\n  stalled: {hours: -1}', /^f\.yaml:2:13: rules\.stalled\.hours: .*>0/],
    [
      'a rule that is no word and no map',
      'rules:\n  stalled: false',
      /^f\.yaml:2:3: rules\.stalled: expected one of "error"\|"warning"\|"info"\|"off", or a map of severity and hours$/,
    ],
    ['a rule with nothing behind it', 'rules:\n  import-unlinked:', /"off", or a map of severity$/],
    ['a threshold that is no number', 'rules:\n  stalled: {hours: ten}', /hours: expected number/],
    ['half a retry', 'rules:\n  too-many-retries: {retries: 1.5}', /retries: expected int/],
    ['an unknown convention', 'master: mach', /^f\.yaml:1:1: master: .*match.*lifecycle/],
    [
      'a custom rule without a message',
      'customRules:\n  - id: mine\n    severity: info\n    where: open',
      /^f\.yaml:2:5: .*message: expected string/,
    ],
    [
      'a custom rule with the id of a rule',
      rule('').replace('mine', 'stalled'),
      /^f\.yaml:2:5: .*has a rule of this id/,
    ],
    ['an id with blanks', rule('').replace('mine', 'My rule'), /^f\.yaml:2:5: .*expected lower-case/],
    ['an id twice', rule(rule('').split('\n').slice(1).join('\n')), /^f\.yaml:6:5: .*another custom rule has this id/],
    ['a custom rule with a fix', rule('    fix: update it'), /^f\.yaml:6:5: .*"fix": it knows id/],
    [
      'a predicate without end',
      rule('').replace('open', `"${'open and '.repeat(300)}"`),
      /^f\.yaml:5:5: .*<=2000 characters/,
    ],
    [
      'a connection without a URL',
      'connections:\n  prod: {schema: x}',
      /^f\.yaml:2:3: connections\.prod\.urlFrom: expected string/,
    ],
    ['a connection name with blanks', 'connections:\n  My prod: {urlFrom: X}', /^f\.yaml:2:3: .*expected lower-case/],
    ['a key twice', 'rules: {}\nrules: {}', /^f\.yaml:2:1: .*unique/],
    ['broken YAML', 'rules: {\nmaster: match', /^f\.yaml:\d:\d+: /],
    ['an unknown tag', 'rules: !!js/function "x"', /^f\.yaml:1:8: .*tag/i],
    ['two documents', 'rules: {}\n---\nrules: {}', /^f\.yaml:2:1: /],
    [
      'aliases of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`).join('\n')}`,
      /too many aliases/,
    ],
    ['nesting without end', '['.repeat(10_000), /^f\.yaml/],
    ['a file without end', '#'.repeat(300_000), /^f\.yaml is larger than 256 KiB/],
  ])('%s', async (_, text, message) => {
    await expect(parseConfiguration(text, 'f.yaml')).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringMatching(message),
    });
  });

  test('several at once, each with its line', async () => {
    const text = 'master: x\nrules:\n  stalled: y\n  nothing: off';
    await expect(parseConfiguration(text, 'f.yaml')).rejects.toThrow(/f\.yaml:1:1.*; f\.yaml:3:3.*; f\.yaml:4:3/);
  });
});

describe('no secret belongs in it, and none is repeated', () => {
  test.each<[string, string, RegExp]>([
    ['as the variable', 'connections:\n  prod:\n    urlFrom: postgresql://me:hunter2@db/x', /^f\.yaml:3: a password/],
    ['in a comment', 'rules: {}\n# postgresql://me:hunter2@db/x', /^f\.yaml:2: a password/],
    ['in a connection string', 'connections:\n  prod: {urlFrom: "host=db password=hunter2"}', /^f\.yaml:2: a password/],
    ['in broken YAML', '{ : postgresql://me:hunter2@db/x', /^f\.yaml:1: a password/],
    [
      'under its own key',
      'connections:\n  prod:\n    urlFrom: X\n    password: hunter2',
      /^f\.yaml:4:5: .*no secret belongs/,
    ],
    ['as a token', 'connections:\n  prod:\n    urlFrom: X\n    apiToken: hunter2', /^f\.yaml:4:5: .*no secret belongs/],
    ['as a URL', 'connections:\n  prod:\n    urlFrom: X\n    url: hunter2', /^f\.yaml:4:5: .*no secret belongs/],
    [
      'as a name',
      'connections:\n  prod:\n    urlFrom: hunter2!',
      /^f\.yaml:3:5: .*expected the name of an environment variable/,
    ],
  ])('%s', async (_, text, message) => {
    const thrown = await parseConfiguration(text, 'f.yaml').catch((error: unknown) => error as Error);
    expect(thrown).toMatchObject({ code: 'settings-invalid', message: expect.stringMatching(message) });
    expect(`${thrown}`).not.toContain('hunter');
  });
});

describe('which file is read', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowmend-configuration-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('none where there is none', async () => {
    expect(await findConfiguration({}, folder)).toMatchObject({ rules: {} });
  });

  test('flowmend.yaml of the folder; FLOWMEND_CONFIG before it', async () => {
    await writeFile(join(folder, 'flowmend.yaml'), 'rules: {stalled: info}');
    await writeFile(join(folder, 'other.yaml'), 'rules: {stalled: error}');
    expect((await findConfiguration({ FLOWMEND_CONFIG: '' }, folder)).rules).toEqual({ stalled: 'info' });
    const named = { FLOWMEND_CONFIG: join(folder, 'other.yaml') };
    expect((await findConfiguration(named, folder)).rules).toEqual({ stalled: 'error' });
  });

  test('one that is named must be there, and be a file', async () => {
    for (const path of [join(folder, 'missing.yaml'), folder]) {
      await expect(findConfiguration({ FLOWMEND_CONFIG: path }, folder)).rejects.toMatchObject({
        code: 'settings-invalid',
        message: expect.stringContaining('cannot be read'),
      });
    }
  });
});
