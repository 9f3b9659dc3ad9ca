import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { z } from 'zod';

/** Runs everything that `npm test` promises, one after the other, and ends with one plain line of totals. */
interface Part {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Where the part writes its counts; without it the part counts as one test. */
  readonly results?: string;
}

const PARTS: readonly Part[] = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  {
    name: 'core, command line and dashboard',
    command: [
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      '--outputFile.json=artefacts/vitest-results.json',
    ],
    results: 'artefacts/vitest-results.json',
  },
  {
    name: 'extension in VS Code',
    command: ['npm', 'run', '--silent', 'test:extension'],
    results: 'artefacts/extension-results.json',
  },
];

/** Vitest's names and our own for the same two counts. */
const Counts = z.union([
  z.object({ numPassedTests: z.number(), numFailedTests: z.number() }).transform((counts) => ({
    passed: counts.numPassedTests,
    failed: counts.numFailedTests,
  })),
  z.object({ passed: z.number(), failed: z.number() }),
]);

await mkdir('artefacts', { recursive: true });
let passed = 0;
let failed = 0;
for (const part of PARTS) {
  process.stdout.write(`\n--- ${part.name}\n`);
  const counts = await run(part);
  passed += counts.passed;
  failed += counts.failed;
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function run({ command, results }: Part): Promise<{ passed: number; failed: number }> {
  if (results) await rm(results, { force: true });
  const code = await exitOf(command);
  if (!results) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const counts = await readFile(results, 'utf8')
    .then((text) => Counts.parse(JSON.parse(text)))
    .catch(() => ({ passed: 0, failed: 1 }));
  // A part that broke outside its tests, such as in its set-up, or that ran none has failed whatever it counted.
  const broke = code !== 0 || counts.passed === 0;
  return broke && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Null for a part that was killed, or whose program is not there. */
function exitOf([program, ...args]: Part['command']): Promise<number | null> {
  return new Promise((resolve) => {
    spawn(program, args, { stdio: 'inherit' })
      .once('error', ({ message }) => {
        process.stdout.write(`${message}\n`);
        resolve(null);
      })
      .once('close', resolve);
  });
}
