import { resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { buildSuite } from './build-suite.ts';
import { startPlatform } from './platform.ts';

/**
 * The same suite in desktop VS Code, for machines that can download it: `node test/extension/electron.ts`. Nobody sits in
 * front of it: answer the questions of the extension by hand.
 */
const platform = await startPlatform();
try {
  await runTests({
    extensionDevelopmentPath: resolve('.'),
    extensionTestsPath: await buildSuite(),
    extensionTestsEnv: platform.environment,
  });
} finally {
  await platform.stop();
}
