import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errors, type Page } from 'playwright-core';

/** Answers that a person gives to the questions of the extension, by the button's words. */
const ANSWERS = ['Apply', 'Go On', 'Resume', 'Show the Failed'];
/** Within this a click meets what was seen, or it has moved on and is looked for again. */
const REACH_MS = 10_000;
/** What the person did and when, for whoever asks why a test waited in vain. */
const LOG = 'artefacts/person.log';

/** What the suite wants a person to do, in this order: a button other than those, or what is typed into the box that says so. */
export type Doing =
  | { readonly button: string }
  | { readonly box: string; readonly text: string; readonly key?: 'Enter' | 'Escape' };
const BOX = '.quick-input-widget';
/** What says which database it is, how a session and a run stand, and what is asked or hovered over. */
const SIGNS = [
  '.part.statusbar',
  '.part.sidebar .composite.title:visible',
  '.part.sidebar .pane-header:visible',
  '.part.sidebar .tree-explorer-viewlet-tree-view .message:visible',
  '.quick-input-widget:visible',
  '.monaco-hover:visible',
  '.notifications-toasts',
  '.notifications-center',
];
/**
 * Where the text of the suite became more than text, wherever on the screen: an address, a command, an icon by its name (`$(trash)`, which
 * nothing of ours uses), an element.
 */
const MORE_THAN_TEXT = [
  ...['href', 'data-href'].flatMap((where) => [`a[${where}*="command:noop"]`, `a[${where}*="example.com"]`]),
  '.codicon-trash',
  'img[src$="x"]',
  '.monaco-editor .detected-link, .monaco-editor .detected-link-active',
  '.notification-list-item-message a',
  '.quick-input-widget a[href]',
  '.markers-panel a[href]:not(.marker-code)',
];
/** The item of the status bar that shows an open question again. */
const OPEN_QUESTION = '.statusbar-item[id$="flowmend.question"]';
/** Those that pop up, and those of the list into which they slip after some seconds. */
const NOTIFICATIONS = ['toasts', 'center'].map((where) => `.notifications-${where} .notification-list-item`).join();

/**
 * Sits in front of the workbench as a person does, until `over`: reads what is asked and what it is about, answers by clicking, reads the Problems
 * panel and takes pictures. The suite in the extension host asks through files, since it cannot see the screen.
 */
export async function sitBefore(page: Page, folder: string, over: () => boolean): Promise<void> {
  const questions: string[] = [];
  /** What the suite asked for and could not be read yet. */
  const owed = new Set<string>();
  let doing: Doing[] = [];
  await mkdir('artefacts', { recursive: true });
  writeFileSync(LOG, '');
  page.setDefaultTimeout(REACH_MS);
  while (!over()) {
    await lookAndAct().catch(lookAgain);
    await sleep(100);
  }

  async function lookAndAct(): Promise<void> {
    if (existsSync(join(folder, 'doing.json'))) {
      doing = JSON.parse(readFileSync(join(folder, 'doing.json'), 'utf8')) as Doing[];
      rmSync(join(folder, 'doing.json'));
    }
    const [next] = doing;
    if (next && 'box' in next && (await typeInto(page, next))) {
      doing.shift();
      // What comes next may say how to answer the question that this brings up.
      return;
    }
    const button = next && 'button' in next ? next.button : undefined;
    const answered = await answerQuestion(page, questions, button ? [button] : ANSWERS);
    if (button && answered) doing.shift();
    await answerSuite('screen', () => readSigns(page));
    await answerSuite('active', () => readActive(page));
    await answerSuite('problems', () => readProblems(page));
    await answerSuite('squiggles', () => readSquiggles(page));
    await answerSuite('questions', () => questions.join('\n---\n'));
  }

  async function answerSuite(what: string, read: () => string | Promise<string>): Promise<void> {
    const question = join(folder, `${what}.question`);
    if (existsSync(question)) {
      rmSync(question);
      owed.add(what);
    }
    if (!owed.has(what)) return;
    writeFileSync(join(folder, `${what}.answer`), await read());
    owed.delete(what);
  }
}

/** On a slow machine a notification slips into the list, or a list is made anew, under the very click. */
function lookAgain(thrown: unknown): void {
  if (!(thrown instanceof errors.TimeoutError)) throw thrown;
  note(`missed it: ${thrown.message}`);
}

function note(words: string): void {
  appendFileSync(LOG, `${new Date().toISOString()} ${words}\n`);
}

/** Types into a box or a list that is open and says so, and takes a picture of it. */
async function typeInto(page: Page, { box, text, key = 'Enter' }: Extract<Doing, { box: string }>): Promise<boolean> {
  const widget = page.locator(BOX);
  if (!(await widget.isVisible())) return false;
  const input = widget.locator('.quick-input-box input');
  const words = [await widget.textContent(), await input.getAttribute('placeholder')].join('\n');
  if (!words.includes(box)) return false;
  await page.screenshot({ path: `artefacts/box-${slug(box)}.png` });
  await input.fill(text);
  // A list is narrowed a moment later; until then Enter would take another row, or none.
  const narrowed = widget.locator('.monaco-list-row.focused').filter({ hasText: text });
  if (await widget.locator('.quick-input-list').isVisible()) await narrowed.waitFor();
  await input.press(key);
  note(`typed ${text} into ${box}`);
  // The workbench may take the first Escape for something else that is open, as from a person.
  while (key === 'Escape' && (await widget.isVisible())) {
    await sleep(500);
    if (await widget.isVisible()) await page.keyboard.press(key);
  }
  return true;
}

async function readSigns(page: Page): Promise<string> {
  await page.screenshot({ path: 'artefacts/screen.png' });
  const signs = await Promise.all(SIGNS.map((sign) => page.locator(sign).allTextContents()));
  return signs.flat().join('\n');
}

/** What of a text became more than text: links in notifications and documents, icons in rows and in the status bar. */
async function readActive(page: Page): Promise<string> {
  await page.screenshot({ path: 'artefacts/hostile-text.png' });
  const places = await Promise.all(
    MORE_THAN_TEXT.map(async (place) => {
      const texts = await page.locator(place).allTextContents();
      return texts.map((text) => `${place}: ${text}`);
    }),
  );
  return places.flat().join('\n');
}

/** How many places of the text in front are underlined. */
async function readSquiggles(page: Page): Promise<string> {
  await page.screenshot({ path: 'artefacts/squiggles.png' });
  const underlined = '.squiggly-error, .squiggly-warning, .squiggly-info';
  return String(await page.locator('.editor-instance .monaco-editor').last().locator(underlined).count());
}

function slug(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50);
}

/** Clicks the first of these buttons that a question has. */
async function answerQuestion(page: Page, questions: string[], answers: readonly string[]): Promise<boolean> {
  for (const answer of answers) {
    const notification = page.locator(NOTIFICATIONS).filter({
      has: page.getByRole('button', { name: answer, exact: true }),
    });
    if (!(await notification.isVisible())) continue;
    // What is asked about can be scrolled meanwhile: a click that something covers would fail.
    const shown = page.locator('.editor-instance .monaco-editor').last();
    await shown.locator('.view-lines').click({ position: { x: 20, y: 30 } });
    await page.keyboard.press('Control+Home');
    const question = [await notification.textContent(), await shown.textContent()].join('\n');
    await page.screenshot({ path: `artefacts/question-${slug(answer)}.png` });
    await notification.getByRole('button', { name: answer, exact: true }).click();
    questions.push(question);
    note(`answered ${answer}`);
    await notification.waitFor({ state: 'hidden' });
    return true;
  }
  // Three notifications pop up at once, and in a moment: a question beyond them stands in the list only.
  const open = page.locator(OPEN_QUESTION);
  if (await open.isVisible()) {
    note('opens the list of notifications');
    await open.click();
  }
  return false;
}

async function readProblems(page: Page): Promise<string> {
  const panel = page.locator('.markers-panel');
  await panel.getByText('child status is running').first().waitFor();
  const stuck = page.getByRole('treeitem', { name: /^1e640262/ });
  // Clicked twice, what is open would be closed again.
  if (!(await stuck.isVisible())) {
    await page.locator('.activitybar .action-label[aria-label^="Flowmend"]').first().click();
    await stuck.waitFor();
  }
  if ((await stuck.getAttribute('aria-expanded')) === 'false') await stuck.locator('.monaco-tl-twistie').click();
  await page.screenshot({
    path: 'artefacts/problems-panel.png',
    style: '.notifications-toasts { display: none !important }',
  });
  return (await panel.textContent()) ?? '';
}
