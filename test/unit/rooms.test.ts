import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, sources } from '../support/imports.ts';

/**
 * The rooms of the core in the order in which they import: each knows only those before it. One file, or a folder with all
 * that is in it; where a folder has rooms of its own, those.
 */
const ROOMS = [
  'failure',
  'words',
  'secrets',
  'files',
  'flow',
  'database/driver',
  'database/sql',
  'database/catalog',
  'database/connection',
  'api',
  'rules/relation',
  'rules/finding',
  'rules/facts',
  'rules/rule',
  'rules/builtin',
  'rules/judge',
  'rules/custom',
  'settings',
  'session',
  'diagnose/find',
  'diagnose/read',
  'diagnose/scan',
  'diagnose/locate',
  'repair/document',
  'repair/plan',
  'repair/journal',
  'repair/run',
  'repair/check',
  'repair/preview',
  'repair/apply',
  'repair/undo',
  'resume',
  'diagnosis',
  'export',
  'report/marks',
  'report/text',
  'report/markdown',
  'report/machine',
  'demo',
  'actions',
  'index',
];

/** One thing a file: there are as many of these as there are things. */
const ONE_THING_A_FILE = /(^|\/)(rules|builtin|commands|sections|handlers|database\/rules)$/;

const MAX_FILES = 20;

/** The place of a file's room in the order; -1 for a file that is in none. */
function placeOf(file: string): number {
  const inside = relative('shared', file);
  return ROOMS.findIndex((room) => inside === `${room}.ts` || inside.startsWith(`${room}/`));
}

test('every file of the core is in a room, and every room has a file', async () => {
  const places = (await sources('shared')).map((file) => ({ file, place: placeOf(file) }));
  expect(places.filter(({ place }) => place < 0)).toEqual([]);
  expect(ROOMS.filter((_, room) => !places.some(({ place }) => place === room))).toEqual([]);
});

test('every import of the core, of types too, is of the same room or an earlier one', async () => {
  const imports = (await importsOf('shared')).filter(({ to }) => to.startsWith('.'));
  expect(imports.length).toBeGreaterThan(1_000);
  const back = imports
    .map(({ file, to }) => ({ file, to: relative('.', resolve(dirname(file), to)) }))
    .filter(({ file, to }) => placeOf(to) > placeOf(file));
  expect(back).toEqual([]);
});

test('no files import each other in a circle', async () => {
  const files = new Map<string, string[]>();
  for (const room of ['shared', 'tui', 'extension', 'scripts']) {
    for (const { file, to } of await importsOf(room)) {
      if (to.startsWith('.')) files.set(file, [...(files.get(file) ?? []), relative('.', resolve(dirname(file), to))]);
    }
  }
  // What imports nothing that is left is in no circle; so is, then, what imports only that.
  for (let before = -1; before !== files.size; ) {
    before = files.size;
    for (const [file, to] of files) if (!to.some((other) => files.has(other))) files.delete(file);
  }
  expect([...files.keys()]).toEqual([]);
});

test('no folder has more than 20 files', async () => {
  const files = (await Promise.all(['shared', 'tui', 'extension', 'scripts'].map(sources))).flat();
  const folders = Map.groupBy(files, (file) => dirname(file));
  const full = [...folders].filter(([folder, inside]) => inside.length > MAX_FILES && !ONE_THING_A_FILE.test(folder));
  expect(full.map(([folder, inside]) => `${folder}: ${inside.length}`)).toEqual([]);
});

test('CONTRIBUTING shows the rooms in their order', async () => {
  const text = await readFile('CONTRIBUTING.md', 'utf8');
  const shown = [...text.matchAll(/^\| `shared\/([a-z/.]+)`/gm)].map(([, room = '']) =>
    room.endsWith('.ts') ? basename(room, '.ts') : room.replace(/\/$/, ''),
  );
  expect(shown).toEqual(ROOMS);
});
