import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../shared/failure.ts';
import { asFailure } from '../../shared/files/as-failure.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'flowmend-state-'));
  vi.stubEnv('XDG_STATE_HOME', state);
});
afterEach(() => vi.unstubAllEnvs());

const written = async () => {
  const files = await readdir(join(state, 'flowmend')).catch(() => []);
  return files.map((name) => join(state, 'flowmend', name));
};

test('what does not fit a schema is one sentence, and the rest stands in a file that only this user can read', async () => {
  const { error } = z.object({ id: z.uuid() }).safeParse({ id: 'x' });
  const failure = asFailure(error);
  const [path = '', ...others] = await written();
  expect(others).toEqual([]);
  expect(failure).toMatchObject({
    code: 'internal',
    message: 'Unexpected: something is not as it should be (ZodError).',
  });
  expect(failure.next).toContain(path);
  expect(await readFile(path, 'utf8')).toContain('invalid_format');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('credentials are in neither, and a fault that is met again is not another file', async () => {
  for (let time = 0; time < 3; time++) {
    const thrown = new Error('no way to postgres://flowmend:s3cr3t@db/x, password=hunter2');
    thrown.stack = 'Error: no way to postgres://flowmend:s3cr3t@db/x, password=hunter2\n    at somewhere';
    const { message } = asFailure(thrown);
    expect(message).toContain('Unexpected: no way to');
    expect(message).not.toMatch(/s3cr3t|hunter2/);
  }
  const [path = '', ...others] = await written();
  expect(others).toEqual([]);
  const text = await readFile(path, 'utf8');
  expect(text).toContain('at somewhere');
  expect(text).not.toMatch(/s3cr3t|hunter2/);
});

test('nothing is written of what was foreseen, or ended by a person', async () => {
  expect(asFailure(new Failure('usage', 'Which flow?')).message).toBe('Which flow?');
  expect(asFailure(new DOMException('This operation was aborted', 'AbortError')).code).toBe('internal');
  expect(await written()).toEqual([]);
});
