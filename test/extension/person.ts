import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** Answers that a person gives to the questions of the extension, by the button's words. */
const ANSWERS = ['Apply', 'Resume'];

/**
 * Sits in front of the workbench as a person does, until `over`: answers modal questions by clicking, reads the Problems
 * panel and takes pictures. The suite in the extension host asks through files, since it cannot see the screen.
 */
export async function sitBefore(page: Page, folder: string, over: () => boolean): Promise<void> {
  const dialogs: string[] = [];
  await mkdir('artefacts', { recursive: true });
  while (!over()) {
    await answerDialog(page, dialogs);
    if (asked('problems')) reply('problems', await readProblems(page));
    if (asked('dialogs')) reply('dialogs', dialogs.join('\n---\n'));
    await sleep(100);
  }

  function asked(what: string): boolean {
    const question = join(folder, `${what}.question`);
    if (!existsSync(question)) return false;
    rmSync(question);
    return true;
  }

  function reply(what: string, text: string): void {
    writeFileSync(join(folder, `${what}.answer`), text);
  }
}

async function answerDialog(page: Page, dialogs: string[]): Promise<void> {
  const dialog = page.locator('.monaco-dialog-box');
  if (!(await dialog.isVisible())) return;
  for (const answer of ANSWERS) {
    const button = dialog.getByRole('button', { name: answer, exact: true });
    if (!(await button.isVisible())) continue;
    dialogs.push((await dialog.textContent()) ?? '');
    await page.screenshot({ path: 'artefacts/dialog.png' });
    await button.click();
    await dialog.waitFor({ state: 'hidden' });
    return;
  }
}

async function readProblems(page: Page): Promise<string> {
  const panel = page.locator('.markers-panel');
  await panel.getByText('child status is running').first().waitFor({ timeout: 20_000 });
  await page.locator('.activitybar .action-label[aria-label^="Flowmend"]').first().click();
  const stuck = page.getByRole('treeitem', { name: /^1e640262/ });
  await stuck.waitFor({ timeout: 20_000 });
  await stuck.locator('.monaco-tl-twistie').click();
  await page.addStyleTag({ content: '.notifications-toasts { display: none !important }' });
  await page.screenshot({ path: 'artefacts/problems-panel.png' });
  return (await panel.textContent()) ?? '';
}
