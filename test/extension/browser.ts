import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Generous: a slow machine is no failure. */
const START_LIMIT_MS = 180_000;
const DEBIAN_CHROMIUM = '/usr/bin/chromium';

/**
 * Starts a headless Chromium: the one inside an npm package, which needs no root. Where the system lacks a library for
 * it, Debian's: installed when root, named when not.
 */
export async function startBrowser(): Promise<Browser> {
  try {
    const executablePath = await chromium.executablePath();
    return await playwright.launch({
      executablePath,
      timeout: START_LIMIT_MS,
      args: [...FLAGS, '--single-process', '--use-gl=angle', '--use-angle=swiftshader'],
    });
  } catch (thrown) {
    if (!existsSync(DEBIAN_CHROMIUM)) await installChromium(thrown);
    return playwright.launch({ executablePath: DEBIAN_CHROMIUM, args: FLAGS, timeout: START_LIMIT_MS });
  }
}

async function installChromium(cause: unknown): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('The browser of the npm package does not start here. Install the system package "chromium".', {
      cause,
    });
  }
  const exec = promisify(execFile);
  await exec('apt-get', ['update']);
  await exec('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
}
