import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** Answers that a person gives to the questions of the extension, by the button's words. */
const ANSWERS = ['Apply', 'Resume', 'Show the Failed'];
/** Those that pop up, and those of the list into which they slip after some seconds. */
const NOTIFICATIONS = ['toasts', 'center'].map((where) => `.notifications-${where} .notification-list-item`).join();

/**
 * Sits in front of the workbench as a person does, until `over`: reads what is asked and what it is about, answers by clicking, reads the Problems
 * panel and takes pictures. The suite in the extension host asks through files, since it cannot see the screen.
 */
export async function sitBefore(page: Page, folder: string, over: () => boolean): Promise<void> {
  const questions: string[] = [];
  await mkdir('artefacts', { recursive: true });
  while (!over()) {
    await answerQuestion(page, questions);
    if (asked('problems')) reply('problems', await readProblems(page));
    if (asked('questions')) reply('questions', questions.join('\n---\n'));
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

async function answerQuestion(page: Page, questions: string[]): Promise<void> {
  for (const answer of ANSWERS) {
    const notification = page.locator(NOTIFICATIONS).filter({
      has: page.getByRole('button', { name: answer, exact: true }),
    });
    if (!(await notification.isVisible())) continue;
    // What is asked about can be scrolled meanwhile: a click that something covers would fail.
    const shown = page.locator('.editor-instance .monaco-editor').last();
    await shown.locator('.view-lines').click({ position: { x: 20, y: 30 }, timeout: 10_000 });
    await page.keyboard.press('Control+Home');
    questions.push([await notification.textContent(), await shown.textContent()].join('\n'));
    await page.screenshot({ path: `artefacts/question-${answer.toLowerCase().replaceAll(' ', '-')}.png` });
    // On a slow machine the question has slipped into the list meanwhile.
    if (!(await notification.isVisible())) await page.locator('.statusbar-item[id$="flowmend.question"]').click();
    await notification.getByRole('button', { name: answer, exact: true }).click();
    await notification.waitFor({ state: 'hidden' });
    return;
  }
}

async function readProblems(page: Page): Promise<string> {
  const panel = page.locator('.markers-panel');
  await panel.getByText('child status is running').first().waitFor();
  await page.locator('.activitybar .action-label[aria-label^="Flowmend"]').first().click();
  const stuck = page.getByRole('treeitem', { name: /^1e640262/ });
  await stuck.waitFor();
  await stuck.locator('.monaco-tl-twistie').click();
  await page.screenshot({
    path: 'artefacts/problems-panel.png',
    style: '.notifications-toasts { display: none !important }',
  });
  return (await panel.textContent()) ?? '';
}
