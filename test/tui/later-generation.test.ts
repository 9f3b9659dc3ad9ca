import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonSchemas } from '../../shared/report/machine/json.ts';
import { broken } from '../soak/broken-flows.ts';
import { flow } from '../support/flow.ts';
import { flowmend } from '../support/flowmend.ts';
import { type Install, makeInstall } from '../support/install.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

const HEAD = /^▲ This install is of a later generation of the platform \(collection_flows\): .* judges nothing here/;

let install: Install;
let environment: Record<string, string>;
let folder: string;
let ids: string[];
let file: string;
let fileOfMany: string;
let receipt: string;
let receiptOfMany: string;

/** Repaired and planned while the install was judged; then the platform was upgraded. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-test-'));
  install = await makeInstall('PostgreSQL', (variant) => {
    const flows = Array.from({ length: 5 }, () => broken(variant));
    ids = flows.map((one) => one.flowId);
    return [...flows, flow(variant)];
  });
  environment = { FLOWMEND_DATABASE_URL: install.url, FLOWMEND_API_URL: await install.startApi() };
  const [one = '', two = '', three = '', four = '', five = ''] = ids;
  file = join(folder, 'plan.json');
  fileOfMany = join(folder, 'many.json');
  const applied = await flowmend(['apply', one, '--yes', '--json'], environment);
  const { outcome } = jsonSchemas.apply.parse(JSON.parse(applied.stdout));
  if (outcome.kind !== 'applied') throw new Error(applied.stdout);
  receipt = outcome.receipt.id;
  const many = await flowmend(['apply', two, three, '--yes', '--json'], environment);
  receiptOfMany = jsonSchemas.applyMany.parse(JSON.parse(many.stdout)).outcome.receipts[0] ?? '';
  await flowmend(['plan', four, '-o', file], environment);
  await flowmend(['plan', four, five, '-o', fileOfMany], environment);
  await install.query('create table migration.collection_flows (id uuid)');
});
afterAll(async () => {
  await install.close();
  await rm(folder, { recursive: true, force: true });
});

describe('what judges', () => {
  test.each(['text', 'markdown', 'json', 'sarif'])(
    'scan and diagnose in %s say it at their head and end with 3',
    async (format) => {
      for (const args of [['scan'], ['diagnose', ids[3] ?? ''], ['diagnose', '--raw', ids[3] ?? '']]) {
        const { code, stdout } = await flowmend([...args, '--format', format], environment);
        expect(code).toBe(3);
        const head = { text: 0, markdown: 0, json: 2, sarif: undefined }[format];
        expect(head === undefined ? stdout : stdout.split('\n')[head]).toContain(
          'This install is of a later generation',
        );
        if (format === 'text') expect(stdout).toMatch(HEAD);
        expect(stdout).not.toMatch(/HEALTHY|No finding|✔|✖/);
      }
    },
  );

  test('scan --stream prints each flow, not judged', async () => {
    const { code, stdout } = await flowmend(['scan', '--stream'], environment);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => jsonSchemas.scanned.parse(JSON.parse(line)));
    expect([code, lines.length]).toEqual([3, 6]);
    for (const { notJudged, findings } of lines)
      expect([notJudged, findings]).toEqual([expect.stringContaining('judges nothing'), []]);
  });

  const commands: [string, () => string[]][] = [
    ['plan', () => ['plan', ids[3] ?? '']],
    ['plan of many', () => ['plan', ids[3] ?? '', ids[4] ?? '']],
    ['plan --all', () => ['plan', '--all']],
    ['plan of one rule', () => ['plan', ids[3] ?? '', '--rule', 'progress-out-of-step']],
    ['preview', () => ['preview', ids[3] ?? '']],
    ['preview of a file', () => ['preview', file]],
    ['preview of a file of many', () => ['preview', fileOfMany]],
    ['apply', () => ['apply', ids[3] ?? '', '--yes']],
    ['apply --all', () => ['apply', '--all', '--yes']],
    ['apply of a file', () => ['apply', file, '--yes']],
    ['apply of a file of many', () => ['apply', fileOfMany, '--yes']],
    ['apply --from a file', () => ['apply', '--from', fileOfMany, '--yes']],
    ['apply, read-only', () => ['apply', file, '--yes', '--read-only']],
    ['resume', () => ['resume', ids[3] ?? '', '--yes']],
  ];
  test.each(commands)('%s refuses with 3 and writes nothing', async (_, args) => {
    const before = await install.everyRow();
    const [text, json] = await Promise.all([
      flowmend(args(), environment),
      flowmend([...args(), '--json'], environment),
    ]);
    expect([text.code, text.stdout]).toEqual([3, '']);
    expect(text.stderr).toContain('This install is of a later generation');
    const { error } = jsonSchemas.failure.parse(JSON.parse(json.stdout));
    expect([json.code, error.code]).toEqual([3, 'later-generation']);
    expect(await install.everyRow()).toEqual(before);
  });

  test('a saved plan is shown, and what it is good for is not known', async () => {
    const { code, stdout } = await flowmend(['plan', file, '--json'], environment);
    const { state } = jsonSchemas.planState.parse(JSON.parse(stdout));
    expect([code, state.kind]).toEqual([3, 'unchecked']);
  });

  test('watch shows what is there, and does not say that it moved or not', async () => {
    const { code, stdout } = await flowmend(['watch', ids[3] ?? '', '--timeout', '1'], environment);
    expect([code, stdout]).toEqual([3, expect.stringMatching(HEAD)]);
    expect(stdout).toContain('whether it moved is not judged');
    expect(stdout).not.toContain('did not move');
  });
});

describe('what shows and what takes back', () => {
  test.each([
    ['locate', () => ['locate', ids[3] ?? '']],
    ['journal', () => ['journal']],
    ['export to a file', () => ['export', ids[3] ?? '', '-o', join(folder, `export-${Date.now()}.json`)]],
  ])('%s ends with 0 and says it at its head', async (_, args) => {
    const { code, stdout } = await flowmend(args(), environment);
    expect([code, stdout]).toEqual([0, expect.stringMatching(HEAD)]);
    const json = await flowmend([...args(), '--json'], environment);
    expect([json.code, json.stdout.split('\n')[2]]).toEqual([0, expect.stringContaining('"notJudged": "This install')]);
  });

  test('the dashboard lists the flows as not judged, says why, and offers no repair', async () => {
    const terminal: Terminal = openTerminal(['--write'], { folder, environment, rows: 60, columns: 110 });
    try {
      await terminal.until('NOT JUDGED');
      expect(terminal.rows()[0]).toMatch(/6 flows {2}· 6 not judged +live/);
      expect(terminal.rows()[1]).toMatch(/^▲ later generation of the platform: nothing is judged here/);
      expect(terminal.rows()[2]).toMatch(/^·› ?[0-9a-f]{8} .* not judged +$/);
      expect(terminal.screen().replaceAll(/\s+/g, ' ')).toContain('Flowmend does not know its rules yet');
      expect(terminal.screen()).not.toMatch(/healthy|HEALTHY|no finding|[✖●✔]/);
      expect(terminal.rows().at(-2)).not.toMatch(/mend|preview|resume/);
      terminal.press('\r');
      await terminal.until('discovery_flows.flow_id');
      expect(terminal.screen()).toContain('later generation');
      expect(terminal.screen()).not.toMatch(/[✖✔]/);
    } finally {
      terminal.close();
    }
  });

  test('undo takes back one flow, and many, and says it at its head', async () => {
    for (const id of [receipt, receiptOfMany]) {
      const undone = await flowmend(['undo', id, '--yes'], environment);
      expect([undone.code, undone.stdout]).toEqual([0, expect.stringMatching(HEAD)]);
    }
    const again = await flowmend(['undo', receipt, '--yes'], environment);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('taken back already')]);
  });
});
