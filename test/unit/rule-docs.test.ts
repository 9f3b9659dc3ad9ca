import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ruleIndex, withRuleTable } from '../../scripts/rule-index.ts';
import { rules } from '../../shared/rules/builtin/index.ts';

const SECTIONS = [
  'Symptom',
  'Evidence',
  'Why it happens',
  'What the fix writes',
  'What undo restores',
  'When not to use it',
];

describe.each(rules.map((rule) => rule.id))('%s', (id) => {
  test('has a file, a test and a page of its name', async () => {
    expect(await readFile(`shared/rules/builtin/${id}.ts`, 'utf8')).toContain(`id: '${id}'`);
    expect(await readFile(`test/database/rules/${id}.test.ts`, 'utf8')).toContain(`testRule('${id}'`);
    const page = await readFile(`docs/rules/${id}.md`, 'utf8');
    expect(page.startsWith(`# ${id}\n`)).toBe(true);
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(SECTIONS);
  });
});

test('a threshold of one is told in the singular', () => {
  const titles = rules.flatMap(({ threshold }) => (threshold ? [threshold.at(1).title] : []));
  expect(titles).toEqual([
    'Working without an update for 1 hour',
    'Tried again more than 1 time',
    'Waiting for an approval for 1 hour',
  ]);
});

test('no page, test or file without a rule', async () => {
  const known = rules.map((rule) => rule.id).sort();
  const names = async (folder: string, ending: string) =>
    (await readdir(folder))
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  expect(await names('docs/rules', '.md')).toEqual(['README', ...known].sort());
  expect(await names('test/database/rules', '.test.ts')).toEqual(known);
  expect(await names('shared/rules/builtin', '.ts')).toEqual(['index', ...known].sort());
});

test('what can be fixed has a fix, and nothing else has', () => {
  for (const rule of rules)
    expect([rule.id, rule.fix !== undefined, rule.writes !== undefined]).toEqual([
      rule.id,
      ...Array(2).fill(['fix', 'suggestion'].includes(rule.wayOut)),
    ]);
});

test('the tables were made from the rules', async () => {
  const readme = await readFile('README.md', 'utf8');
  expect(withRuleTable(readme)).toBe(readme);
  expect(await readFile('docs/rules/README.md', 'utf8')).toBe(ruleIndex());
});
