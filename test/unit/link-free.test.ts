import MarkdownIt from 'markdown-it';
import { marked } from 'marked';
import { expect, test } from 'vitest';
import { listed, table } from '../../shared/report/markdown/markdown.ts';
import { span } from '../../shared/words/tone.ts';

const ADDRESS = 'example.com';
const HOSTILE = [
  `[words](https://${ADDRESS})`,
  `![picture](https://${ADDRESS}/a.png)`,
  `[words][1]\n\n[1]: https://${ADDRESS}`,
  `<a href="https://${ADDRESS}">words</a>`,
  `<img src=x onerror=alert(1)>`,
  `<script>alert(1)</script>`,
  `<https://${ADDRESS}>`,
  `https://${ADDRESS}/path?a=b`,
  `HTTP://${ADDRESS}`,
  `ftp://${ADDRESS}`,
  `www.${ADDRESS}`,
  `somebody@${ADDRESS}`,
  `mailto:somebody@${ADDRESS}`,
  '[run](command:workbench.action.openSettings?"x")',
  `\\[words\\](https://${ADDRESS})`,
  '`code` | cell | **bold** | # heading',
  '&lt;b&gt;&#60;b&#62;',
  '$(trash) $$x$$ ~~gone~~',
];
/** Elements that our own tables and lists are made of. */
const OURS = /<\/?(table|thead|tbody|tr|th|td|ul|li|p)>/g;
const linkifier = new MarkdownIt({ html: true, linkify: true });
linkifier.linkify.set({ fuzzyLink: false });
const READERS = {
  'GitHub’s Markdown': (text: string) => marked.parse(text, { gfm: true, async: false }),
  'Markdown that looks for addresses': (text: string) => linkifier.render(text),
};

test.each(Object.entries(READERS))('no value becomes more than text in %s', (_, render) => {
  for (const value of HOSTILE) {
    for (const lines of [table(['value'], [[value]]), listed([[span(value)]])]) {
      const html = render(lines.join('\n'));
      expect(html.replaceAll(OURS, ''), value).not.toMatch(/<[a-z/!]/i);
    }
  }
});

test('an address can still be read', () => {
  expect(table(['value'], [[`https://${ADDRESS}/a`]]).at(-1)).toBe('| https\\[:\\]//example.com/a |');
});
