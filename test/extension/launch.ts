import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBrowser } from './browser.ts';
import { buildSuite, packageRunner } from './build-suite.ts';
import { provisionCodeServer, startCodeServer } from './code-server.ts';
import { sitBefore } from './person.ts';
import { startPlatform } from './platform.ts';
import type { Outcome } from './suite/index.ts';

/**
 * Runs the suite in real VS Code (code-server), on the packaged extension and a real PostgreSQL, and ends with the
 * counts in artefacts/extension-results.json. Everything it starts it stops. Given a regular expression, only the tests whose
 * titles it meets; most want the database that "activation" connects to.
 */
const [titles = ''] = process.argv.slice(2);
const LIMIT_MS = 40 * 60_000;
const folder = await mkdtemp(join(tmpdir(), 'flowmend-vscode-'));
const results = join(folder, 'results.json');
const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];

let outcome: Outcome;
try {
  outcome = await runInVsCode();
} catch (thrown) {
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  outcome = { passed: 0, failed: 1, titles: [], failures: [{ title: 'VS Code did not run the suite', message }] };
} finally {
  for (const close of closers.reverse()) await close().catch(() => {});
}
for (const title of outcome.titles) process.stdout.write(`  ✓ ${title}\n`);
for (const { title, message } of outcome.failures) process.stdout.write(`  × ${title}\n${message}\n`);
await mkdir('artefacts', { recursive: true });
await writeFile('artefacts/extension-results.json', JSON.stringify(outcome));
process.exit(outcome.failed === 0 ? 0 : 1);

async function runInVsCode(): Promise<Outcome> {
  const [runner, suite] = await Promise.all([packageRunner(), buildSuite(), provisionCodeServer()]);
  const platform = await startPlatform();
  closers.push(platform.stop);
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  const server = await startCodeServer({
    folder,
    vsix: [resolve('flowmend.vsix'), runner],
    workspace,
    environment: {
      ...platform.environment,
      // A row may be held for as long as a slow machine takes to look at the screen.
      FLOWMEND_LOCK_TIMEOUT_MS: '120000',
      FLOWMEND_STATEMENT_TIMEOUT_MS: '180000',
      FLOWMEND_TEST_SUITE: suite,
      FLOWMEND_TEST_TITLES: titles,
      FLOWMEND_TEST_RESULTS: results,
      FLOWMEND_TEST_FOLDER: folder,
    },
  });
  closers.push(server.stop);
  const browser = await startBrowser();
  closers.push(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.url);
  const deadline = Date.now() + LIMIT_MS;
  await sitBefore(page, folder, () => existsSync(results) || Date.now() > deadline);
  if (!existsSync(results)) {
    await page.screenshot({ path: 'artefacts/timed-out.png' });
    throw new Error(`No results after ${LIMIT_MS / 60_000} minutes. ${server.said.slice(-20).join('')}`);
  }
  return JSON.parse(await readFile(results, 'utf8')) as Outcome;
}
