import { raw } from 'sql-template-tag';
import { expect, test } from 'vitest';
import type { Catalog } from '../../shared/database/catalog/catalog.ts';
import { Failure } from '../../shared/failure.ts';
import { discovery } from '../../shared/flow/discovery.ts';
import { namingTheRule } from '../../shared/rules/judge/rule-failure.ts';
import type { Rule } from '../../shared/rules/rule/rule.ts';

const rule = (id: string, custom: boolean): Rule => ({
  id,
  title: id,
  severity: 'info',
  wayOut: 'manual',
  custom,
  violated: () => raw('f.open'),
  restsOn: {},
  explain: () => ({ message: id, evidence: [] }),
});

/** What is said of a statement that took too long, where these rules are asked. Nothing is asked of a database. */
function told(...asked: Rule[]): Promise<unknown> {
  const install = { model: discovery, catalog: {} as Catalog, rules: { asked, notAsked: [] } };
  const reader = { read: () => Promise.reject(new Error('asked again')) };
  const thrown = new Failure('timed-out', 'It took too long.', { next: 'Try again.' });
  return namingTheRule(thrown, { install, reader, reach: 'every flow', chosen: raw('true') });
}

test('a statement that took too long names the custom rules, any of which may be the reason', async () => {
  expect(await told(rule('stalled', false), rule('slow', true), rule('odd', true))).toMatchObject({
    code: 'timed-out',
    message: 'It took too long.',
    next: expect.stringMatching(/^Try again\. If it is quick without the custom rules of flowmend\.yaml \(slow, odd\)/),
  });
  expect(await told(rule('stalled', false))).toMatchObject({ next: 'Try again.' });
});
