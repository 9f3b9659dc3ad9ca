import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeNewFile, writeOver } from '../../shared/files/new-file.ts';

const exec = promisify(execFile);
const LONG = 'x'.repeat(100_000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowmend-new-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Calls a function of new-file.ts in a process that may write no file of more than 8 KiB: as on a disk that fills up. */
async function withoutRoom(call: string): Promise<string> {
  const script = `const all = await import(${JSON.stringify(resolve('shared/files/new-file.ts'))});
    await all.${call}.catch((thrown) => console.log(thrown.message));`;
  const limited = ['-c', 'ulimit -f 8 && exec "$0" "$@"', process.execPath, '--input-type=module', '-e', script];
  return (await exec('bash', limited)).stdout;
}

test('a new file is whole, and only its owner reads it', async () => {
  const path = join(folder, 'plan.json');
  await writeNewFile(path, LONG);
  expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual([LONG, 0o600]);
  expect(await readdir(folder)).toEqual(['plan.json']);
});

test('what is there is never written over, nor what a link leads to', async () => {
  const path = join(folder, 'plan.json');
  await writeFile(path, 'first');
  await symlink(join(folder, 'nowhere'), join(folder, 'link'));
  for (const taken of [path, join(folder, 'link')]) {
    await expect(writeNewFile(taken, 'second')).rejects.toMatchObject({
      code: 'usage',
      message: `${taken} cannot be written: it exists already.`,
    });
  }
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['first', ['link', 'plan.json']]);
});

test('without room nothing is left, and the next try is a first one', async () => {
  const path = join(folder, 'plan.json');
  const said = await withoutRoom(`writeNewFile(${JSON.stringify(path)}, 'x'.repeat(100_000))`);
  expect([said, await readdir(folder)]).toEqual([expect.stringContaining('cannot be written (EFBIG)'), []]);
  await writeNewFile(path, LONG);
  expect(await readdir(folder)).toEqual(['plan.json']);
});

test('without room what is written over stays as it was', async () => {
  const path = join(folder, 'failed.json');
  await writeFile(path, 'first');
  await withoutRoom(`writeOver(${JSON.stringify(path)}, 'x'.repeat(100_000))`);
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['first', ['failed.json']]);
  await writeOver(path, 'second');
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['second', ['failed.json']]);
});

test('a folder that is none', async () => {
  await expect(writeNewFile(join(folder, 'no/such', 'plan.json'), LONG)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('cannot be written (ENOENT)'),
  });
  await mkdir(join(folder, 'taken'));
  await chmod(join(folder, 'taken'), 0o700);
  await expect(writeNewFile(join(folder, 'taken'), LONG)).rejects.toMatchObject({ code: 'usage' });
});
