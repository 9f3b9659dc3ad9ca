import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, sources } from '../support/imports.ts';

test('the core imports neither vscode nor ink nor react, and nothing of the faces', async () => {
  const imports = await importsOf('shared');
  expect(imports.length).toBeGreaterThan(100);
  const breaches = imports.filter(({ file, to }) =>
    to.startsWith('.')
      ? !resolve(dirname(file), to).startsWith(resolve('shared'))
      : /^(vscode|ink|react)(\/|$)/.test(to),
  );
  expect(breaches).toEqual([]);
});

test.each(['extension', 'tui'])('%s speaks no SQL and knows only the door of the core', async (face) => {
  const imports = await importsOf(face);
  expect(imports.length).toBeGreaterThan(0);
  const other = face === 'tui' ? /^vscode$/ : /^(ink|react)(\/|$)/;
  const breaches = imports.filter(({ file, to }) => {
    if (!to.startsWith('.')) return /^(pg|pg-.*|sql-template-tag|@electric-sql\/.*)$/.test(to) || other.test(to);
    const target = relative('.', resolve(dirname(file), to));
    return !target.startsWith(`${face}/`) && target !== 'shared/index.ts' && target !== 'package.json';
  });
  expect(breaches).toEqual([]);
});

test('what the extension shows goes through the functions that make text safe for its place', async () => {
  const ways =
    /vscode\.window\.(show(Information|Warning|Error)Message|show(QuickPick|InputBox)|create(QuickPick|InputBox)|withProgress|setStatusBarMessage)|MarkdownString/;
  const files = await sources('extension');
  const direct = await Promise.all(files.map(async (file) => [file, ways.test(await readFile(file, 'utf8'))] as const));
  const using = direct.filter(([, uses]) => uses).map(([file]) => file);
  expect(using.length).toBeGreaterThan(3);
  expect(using.filter((file) => dirname(file) !== join('extension', 'say'))).toEqual([]);
});

test('every file stays below 300 lines', async () => {
  const files = (await Promise.all(['shared', 'extension', 'tui', 'scripts'].map(sources))).flat();
  const lengths = await Promise.all(
    files.map(async (file) => [file, (await readFile(file, 'utf8')).split('\n').length] as const),
  );
  expect(lengths.filter(([, lines]) => lines > 300)).toEqual([]);
});
