import Mocha from 'mocha';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly titles: string[];
  readonly failures: { title: string; message: string }[];
}

/** Runs every test of the suite in the extension host that loaded this file. */
export async function runSuite(): Promise<Outcome> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 400_000, grep: new RegExp(process.env.FLOWMEND_TEST_TITLES ?? '') });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./activation.test.ts');
  // Before the stuck flow is mended.
  await import('./configuration.test.ts');
  await import('./connection.test.ts');
  await import('./nothing-broken.test.ts');
  await import('./stuck-flow.test.ts');
  await import('./choices.test.ts');
  await import('./many-flows.test.ts');
  await import('./access.test.ts');
  await import('./cancelling.test.ts');
  await import('./later-generation.test.ts');
  await import('./bad-input.test.ts');
  await import('./hostile-text.test.ts');
  await import('./demo.test.ts');
  const titles: string[] = [];
  const failures: Outcome['failures'] = [];
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve({ passed: titles.length, failed: failures.length, titles, failures }));
    ignoreTheRestOfTheHost(runner);
    runner.on('pass', (test) => titles.push(test.fullTitle()));
    runner.on('fail', (test, error: Error) => {
      failures.push({ title: test.fullTitle(), message: error.stack ?? error.message });
    });
  });
}

/**
 * The extension host is shared: an error that another extension or VS Code itself leaves unhandled must not fail our
 * test of the moment, as mocha's listeners would have it.
 */
function ignoreTheRestOfTheHost(runner: Mocha.Runner): void {
  const { uncaught, unhandled } = runner as unknown as Record<'uncaught' | 'unhandled', () => void>;
  process.removeListener('uncaughtException', uncaught);
  process.removeListener('unhandledRejection', unhandled);
}

/** The entry that `@vscode/test-electron` calls. */
export async function run(): Promise<void> {
  const { failed, failures } = await runSuite();
  if (failed > 0) throw new Error(failures.map(({ title, message }) => `${title}\n${message}`).join('\n\n'));
}
