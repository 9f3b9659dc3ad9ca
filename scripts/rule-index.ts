import { readFile, writeFile } from 'node:fs/promises';
import { rules } from '../shared/rules/builtin/index.ts';
import { withPart } from './generated-part.ts';

/**
 * Writes the table of rules into the README and into docs/rules/README.md, from the rules themselves. Run it after
 * changing a rule: `node scripts/rule-index.ts`. A test fails when it was forgotten.
 */
const WAYS_OUT = { fix: 'fix', suggestion: 'a person picks', resume: 'resume', manual: 'by hand' };
const BEGIN = '<!-- rules: made by scripts/rule-index.ts -->';
const END = '<!-- end of rules -->';

/** The table, with links to the pages below `folder`. */
export function ruleTable(folder: string): string {
  const rows = rules.map(
    ({ id, title, severity, wayOut }) =>
      `| [${id}](${folder}${id}.md) | ${title} | ${severity} | ${WAYS_OUT[wayOut]} |`,
  );
  return ['| rule | what is wrong | severity | way out |', '|---|---|---|---|', ...rows].join('\n');
}

/** A README with its table replaced by the one of today. */
export function withRuleTable(readme: string): string {
  return withPart(readme, BEGIN, END, ruleTable('docs/rules/'));
}

/** The index page of the rules. */
export function ruleIndex(): string {
  return `# Rules\n\nEach rule is one file in \`shared/rules/builtin/\`, one test and one page here.\n\n${ruleTable('')}\n`;
}

if (import.meta.main) {
  await writeFile('README.md', withRuleTable(await readFile('README.md', 'utf8')));
  await writeFile('docs/rules/README.md', ruleIndex());
}
