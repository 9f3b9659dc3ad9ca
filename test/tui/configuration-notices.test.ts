import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { rules } from '../../shared/rules/builtin/index.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { openTerminal } from '../support/terminal.ts';

/** A configuration that nobody named, or that makes rules find less, is named in every answer. */
let install: Install;
let folder: string;
let flowId = '';
let receipt = '';

const OFF = ['progress-out-of-step', 'stalled', 'too-many-retries'];
const NOTICE = `flowmend.yaml of this folder applies: 3 rules are off (${OFF.join(', ')})`;
const yamlOf = (ids: readonly string[]) => JSON.stringify({ rules: Object.fromEntries(ids.map((id) => [id, 'off'])) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-notices-'));
  await writeFile(join(folder, 'flowmend.yaml'), yamlOf(OFF));
  install = await makeInstall('PostgreSQL', (variant) => {
    const broken = flow(variant, but(WAITING, { child: { status: 'running' }, master: { flow_status: 'running' } }));
    flowId = broken.flowId;
    return [broken, stuckFlow(variant), flow(variant)];
  });
  const { stdout } = await run(['apply', '--all', '--limit', '1', '--yes', '--json']);
  receipt = JSON.parse(stdout).outcome.receipts[0];
  expect(receipt).toMatch(/^[0-9a-f-]{36}$/);
});
afterAll(async () => {
  await install.close();
  await rm(folder, { recursive: true, force: true });
});

const run = async (args: readonly string[], environment: Record<string, string> = {}) =>
  flowmend(args, { FLOWMEND_DATABASE_URL: install.url, ...environment }, folder);

const FORMATS = ['text', 'json', 'markdown', 'sarif'];

describe('it is named', () => {
  test.each<[string, () => string[]]>([
    ...FORMATS.map((format): [string, () => string[]] => [`scan, ${format}`, () => ['scan', '-f', format]]),
    ...FORMATS.map((format): [string, () => string[]] => [
      `diagnose, ${format}`,
      () => ['diagnose', flowId, '-f', format],
    ]),
    ['scan --stream', () => ['scan', '--stream']],
    ['locate', () => ['locate', flowId]],
    ['locate as JSON', () => ['locate', flowId, '--json']],
    ['export', () => ['export', flowId]],
    ['plan', () => ['plan', flowId]],
    ['plan as JSON', () => ['plan', flowId, '--json']],
    ['plan --all', () => ['plan', '--all']],
    ['preview', () => ['preview', flowId]],
    ['apply, unasked', () => ['apply', flowId]],
    ['journal', () => ['journal']],
    ['undo, unasked', () => ['undo', receipt]],
    ['resume', () => ['resume', flowId]],
    ['watch', () => ['watch', flowId, '-t', '1']],
  ])('by %s', async (_, args) => {
    const { stdout, stderr } = await run(args());
    const said = `${stdout}${stderr}`.replaceAll('\\', '');
    expect(said).toContain(NOTICE);
    expect(said.split(NOTICE).length - 1).toBeLessThanOrEqual(args()[0] === 'export' ? 2 : 1);
  });

  test('by the dashboard', async () => {
    const terminal = openTerminal([], {
      columns: 160,
      folder,
      environment: { FLOWMEND_DATABASE_URL: install.url },
    });
    await terminal.until('▲ flowmend.yaml of this folder applies: 3 rules are off');
    terminal.close();
  });
});

describe('which configuration is named, and what is said of it', () => {
  const noticesOf = async (yaml: string, environment: Record<string, string> = {}) => {
    const other = await mkdtemp(join(tmpdir(), 'flowmend-noticed-'));
    await writeFile(join(other, 'named.yaml'), yaml);
    if (environment.FLOWMEND_CONFIG === undefined) await writeFile(join(other, 'flowmend.yaml'), yaml);
    const variables = { FLOWMEND_DATABASE_URL: install.url, ...environment };
    const { stdout } = await flowmend(['scan', '--json'], variables, other);
    await rm(other, { recursive: true, force: true });
    return JSON.parse(stdout).notices;
  };
  const applies = 'flowmend.yaml of this folder applies';

  test.each([
    ['found, and harmless', '{}', [applies]],
    ['one rule', 'rules: {stalled: off}', [`${applies}: 1 rule is off (stalled)`]],
    ['the long form', 'rules: {stalled: {severity: off}}', [`${applies}: 1 rule is off (stalled)`]],
    ['a milder rule', 'rules: {import-unlinked: info}', [`${applies}: 1 rule is less severe (import-unlinked)`]],
    ['a worse rule', 'rules: {stalled: error}', [applies]],
    ['a threshold', 'rules: {stalled: {hours: 90000}}', [`${applies}: 1 rule has another threshold (stalled)`]],
    ['a convention', 'master: lifecycle', [`${applies}: masters keep to a coarser life cycle`]],
    [
      'more than fit',
      yamlOf(rules.slice(0, 10).map(({ id }) => id)),
      [expect.stringMatching(/: 10 rules are off \(([a-z-]+, ){8}2 more\)$/)],
    ],
  ])('%s', async (_, yaml, notices) => {
    expect(await noticesOf(yaml)).toEqual(notices);
  });

  test('one that was named is told only where it finds less', async () => {
    const named = { FLOWMEND_CONFIG: 'named.yaml' };
    expect(await noticesOf('{}', named)).toEqual([]);
    expect(await noticesOf('rules: {stalled: off}', named)).toEqual(['named.yaml applies: 1 rule is off (stalled)']);
  });
});

describe('with every rule off nothing is healthy', () => {
  beforeAll(() => writeFile(join(folder, 'none.yaml'), yamlOf(rules.map(({ id }) => id))));
  const none = { FLOWMEND_CONFIG: 'none.yaml' };

  test.each([
    ...FORMATS.map((format) => ['scan', '-f', format]),
    ['scan', '--stream'],
    ['scan', '--all'],
    ['plan', '--all'],
  ])('%s %s %s', async (...args) => {
    const { code, stdout, stderr } = await run(args, none);
    const said = `${stdout}${stderr}`;
    expect(code).toBe(3);
    expect(said).toContain('Nothing was asked');
    expect(said).toContain('none.yaml applies: every rule is off');
    expect(said).not.toMatch(/healthy|No findings|Nothing to mend/i);
  });

  test.each(FORMATS)('diagnose as %s', async (format) => {
    const { code, stdout } = await run(['diagnose', flowId, '-f', format], none);
    expect([code, stdout]).toEqual([3, expect.stringContaining('none.yaml applies: every rule is off')]);
    expect(stdout).not.toMatch(/healthy|records agree|Nothing to do/i);
  });
});
