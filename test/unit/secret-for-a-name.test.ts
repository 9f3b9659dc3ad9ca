import { describe, expect, test, vi } from 'vitest';
import { modelOf } from '../../shared/flow/models.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';

/** Secrets as they are made, some of which look like the name of a variable or of a connection. */
const SECRETS = [
  'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  'AKIAIOSFODNN7EXAMPLE',
  'SUPER_SECRET_VALUE',
  'hunter2',
  'glpat-abcdefgh12345678',
  'postgres://me:hunter2@db/x',
];

const whatIsSaid = (thrown: unknown) => {
  const { code, message, next } = thrown as { code: string; message: string; next: string };
  return { code, text: `${message}\n${next}` };
};

describe.each(SECRETS)('%s', (secret) => {
  test.each(['urlFrom', 'readUrlFrom', 'apiTokenFrom'])('as %s', async (key) => {
    const prod = { urlFrom: 'DATABASE_URL', [key]: secret };
    const failure = whatIsSaid(
      await parseConfiguration(JSON.stringify({ connections: { prod } }), 'f.yaml')
        .then((configuration) =>
          settingsFrom({ DATABASE_URL: 'postgresql://db/x' }, { configuration, connection: 'prod' }),
        )
        .catch((thrown: unknown) => thrown),
    );
    expect(failure).toEqual({
      code: expect.stringMatching(/^(settings-invalid|not-configured)$/),
      text: expect.stringContaining('f.yaml:1'),
    });
    expect(failure.text).not.toContain(secret);
  });

  test('as a connection, a kind of flow', () => {
    const tried = [() => settingsFrom({}, { connection: secret }), () => modelOf(secret)];
    for (const ask of tried) {
      let said: unknown;
      try {
        ask();
      } catch (thrown) {
        said = whatIsSaid(thrown);
      }
      expect(said).toEqual({ code: 'usage', text: expect.not.stringContaining(secret) });
    }
  });

  test.each([
    (word: string) => `${word}: {}`,
    (word: string) => `rules: {${word}: off}`,
    (word: string) => `connections: {${word}: {urlFrom: 5}}`,
    (word: string) => `connections: {prod: {urlFrom: X, ${word}: 1}}`,
    (word: string) => `connections: {prod: {urlFrom: X, production: ${word}}}`,
    (word: string) => `rules: {stalled: ${word}}`,
    (word: string) => `master: ${word}`,
    (word: string) => `a: *${word}`,
    (word: string) => `a: !${word} b`,
    (word: string) => `a: |${word}\n  b`,
    (word: string) => `a: "b" ${word}`,
    (word: string) => `? {${word}: 1}\n: 2`,
    (word: string) => `a: [${word}`,
    (word: string) => `a: {b: c} ${word}: d`,
    (word: string) => `- a\n${word}`,
  ])('in the file: %s', async (text) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const failure = whatIsSaid(await parseConfiguration(text(secret), 'f.yaml').catch((thrown: unknown) => thrown));
    expect(failure).toEqual({ code: 'settings-invalid', text: expect.not.stringContaining(secret) });
    expect(JSON.stringify(warned.mock.calls)).not.toContain(secret);
    warned.mockRestore();
  });
});

test('a name is repeated where it is plainly one', async () => {
  await expect(parseConfiguration('rules: {staled: off}', 'f.yaml')).rejects.toThrow('"staled": did you mean');
  expect(() => settingsFrom({}, { connection: 'nowhere' })).toThrow('no connection "nowhere"');
});

describe('what every object of JavaScript has is no variable, connection or key', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s', async (name) => {
    const text = `connections: {prod: {urlFrom: ${name}}}`;
    const configuration = await parseConfiguration(text, 'f.yaml');
    for (const environment of [{}, { ...process.env }, process.env]) {
      expect(() => settingsFrom(environment, { configuration, connection: 'prod' })).toThrow(
        expect.objectContaining({ code: 'not-configured', next: expect.stringContaining('f.yaml:1:22') }),
      );
    }
    expect(() => settingsFrom({}, { configuration, connection: name })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
    await expect(parseConfiguration(`rules: {${name}: off}`, 'f.yaml')).rejects.toMatchObject({
      code: 'settings-invalid',
    });
  });

  test('no connection of such a name is passed over without a word', async () => {
    await expect(
      parseConfiguration('connections: {__proto__: {urlFrom: X, production: true}}', 'f.yaml'),
    ).rejects.toThrow('f.yaml:1:15: no key is called __proto__');
  });
});
