import { visible } from '../../shared/index.ts';

/** VS Code cuts the text of a notification at a thousand characters; what to do next must still stand in it. */
const LONGEST_NOTIFICATION = 900;
const LONGEST_LABEL = 400;

/**
 * Text for a notification or its progress, where VS Code makes a link that runs a command of `[words](command:id?args)`:
 * a bracket that could begin the address of a link is set apart from the words before it.
 */
export function notificationText(text: string): string {
  return visible(oneLine(text), LONGEST_NOTIFICATION).replaceAll('](', '] (');
}

/** Text for a row of a pick, a box or the status bar, where VS Code makes an icon of `$(name)`. */
export function labelText(text: string): string {
  return visible(oneLine(text), LONGEST_LABEL).replaceAll('$(', '$ (');
}

/**
 * Text of the tree and of its hovers, on one line: plain strings, of which VS Code makes neither links nor icons. Never for a
 * MarkdownString.
 */
export function treeText(text: string): string {
  return visible(oneLine(text), LONGEST_LABEL);
}

/**
 * Our own sentences may come in lines; they stay apart on one. A value of a row has none left: whoever puts it into words escapes
 * them.
 */
function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .map((line, index, all) => (index < all.length - 1 && !/[.:;,?!…]$/.test(line) ? `${line};` : line))
    .join(' ');
}
