import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { columnsUsedBy } from '../../shared/rules/relation/flow-columns.ts';
import type { Rule } from '../../shared/rules/rule/rule.ts';

test('a rule that misspells a column does not compile', () => {
  const predicate: Rule['violated'] = (f) =>
    // @ts-expect-error: it is idle_hours
    sql`${f.idle_hourz} > 24`;
  expect(() => columnsUsedBy((f) => predicate(f, {} as never))).not.toThrow();
});

test('the columns of a predicate are those that it reads, wherever it does', () => {
  const alive = (f: Parameters<Rule['violated']>[0]) => sql`${f.master_status} is not null`;
  expect(columnsUsedBy((f) => sql`${f.open} and 'f.status' <> '' and (${alive(f)} or ${f.open})`)).toEqual([
    'open',
    'master_status',
  ]);
});
