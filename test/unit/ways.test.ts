import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { editorWays } from '../../extension/editor-ways.ts';
import { networkFailure } from '../../shared/api/network-failure.ts';
import { databaseFailure } from '../../shared/database/driver/database-failure.ts';
import { noSuchFlow } from '../../shared/diagnose/find/no-such-flow.ts';
import { models } from '../../shared/flow/models.ts';
import { manyOutcomeText } from '../../shared/report/text/many-text.ts';
import { applyText } from '../../shared/report/text/outcome-text.ts';
import { noApi } from '../../shared/resume/resume.ts';
import { plain } from '../../shared/words/tone.ts';
import { speakOf, ways } from '../../shared/words/ways.ts';
import { sources } from '../support/imports.ts';

/** A subcommand, an option, a variable that has a command or a setting in the editor. */
const OF_THE_TERMINAL =
  /\bflowmend (scan|diagnose|plan|preview|apply|undo|resume|watch|locate|export|journal|demo)\b|(^|\s)--[a-z]|DATABASE_URL|FLOWMEND_(READ_URL|API)|PG\*/;
/** They say what is wrong with what was given on a command line, or in a file that only it takes. */
const ONLY_IN_A_TERMINAL = [
  'words/ways.ts',
  'repair/check/check-plan.ts',
  'repair/undo/draft-undo.ts',
  'repair/plan/failed-file.ts',
  'repair/document/plan-file.ts',
  'report/text/many-rows.ts',
  'report/text/plan-state-text.ts',
  'report/marks/caveats.ts',
];
/** They read the environment, or say that it names a database. */
const OF_THE_ENVIRONMENT = [
  'settings',
  'demo',
  'database/driver/driver-target.ts',
  'flow/model.ts',
  'connection/connection-settings.ts',
];
const within = (folder: string, places: readonly string[]) => (file: string) =>
  places.some((one) => file.startsWith(join(folder, one)));

async function textsIn(folder: string): Promise<{ file: string; line: string }[]> {
  const files = await sources(folder);
  const lines = await Promise.all(
    files.map(async (file) => (await readFile(file, 'utf8')).split('\n').map((line) => ({ file, line }))),
  );
  // Comments are for readers of the code.
  return lines.flat().filter(({ line }) => /['`]/.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line));
}

test('no sentence of the core names a subcommand, an option or a variable: the face does', async () => {
  const texts = await textsIn('shared');
  expect(texts.length).toBeGreaterThan(1_000);
  const breaches = texts
    .filter(({ file }) => !within('shared', [...ONLY_IN_A_TERMINAL, ...OF_THE_ENVIRONMENT])(file))
    .filter(({ line }) => OF_THE_TERMINAL.test(line.replaceAll(/\/\/.*$/g, '')));
  expect(breaches).toEqual([]);
});

test('nor does the editor', async () => {
  const texts = await textsIn('extension');
  expect(texts.length).toBeGreaterThan(200);
  const breaches = texts
    .filter(({ file }) => !within('extension', OF_THE_ENVIRONMENT)(file))
    .filter(({ line }) => OF_THE_TERMINAL.test(line));
  expect(breaches).toEqual([]);
});

const RECEIPT = {
  schemaVersion: 1 as const,
  id: '7b0b0e4e-60a5-4d55-8a3e-6f1b9b0f6a01',
  kind: 'repair' as const,
  planHash: 'a'.repeat(64),
  appliedAt: '2026-11-29T12:00:00Z',
  flows: [],
  changes: [],
  undoes: null,
  undoneBy: '7b0b0e4e-60a5-4d55-8a3e-6f1b9b0f6a02',
};
const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' });

/** Everything that says what to do next, said anew by the face of the moment. */
function sentences(): string[] {
  const server = (code: string) => databaseFailure(Object.assign(new Error('x'), { code })).next;
  const receipt = RECEIPT as never;
  return [
    noApi().next,
    networkFailure(Object.assign(new Error(), { cause: refused }), { url: 'u', token: undefined, timeoutMs: 1 }).next,
    databaseFailure(refused).next,
    server('25006'),
    ...models.map((model) => noSuchFlow(model, RECEIPT.id).next),
    plain(applyText({ kind: 'applied', receipt, foundOut: false } as never, 'repair')),
    plain(applyText({ kind: 'taken back', receipt }, 'repair')),
    plain(applyText({ kind: 'taken back', receipt }, 'undo')),
    plain(applyText({ kind: 'stale', why: 'x', drift: [] } as never, 'repair')),
    plain(applyText({ kind: 'stale', why: 'x', drift: [] } as never, 'undo')),
    plain(
      manyOutcomeText({
        kind: 'done',
        total: 1,
        applied: 1,
        before: 0,
        failed: [],
        left: 0,
        planHash: RECEIPT.planHash,
        receipts: [RECEIPT.id],
      } as never),
    ),
  ];
}

test('what to do next is said in the words of the face', () => {
  const terminal = sentences();
  for (const sentence of terminal) expect(sentence).toMatch(OF_THE_TERMINAL);
  speakOf(editorWays);
  expect(ways()).toBe(editorWays);
  for (const sentence of sentences()) {
    expect(sentence).not.toMatch(OF_THE_TERMINAL);
    expect(sentence).toMatch(/"Flowmend: [A-Z][a-z]/);
  }
});
