import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { NewValue } from '../../shared/flow/change.ts';
import { seal } from '../../shared/repair/document/plan.ts';
import { planMarkdown } from '../../shared/report/markdown/plan-markdown.ts';
import { planText } from '../../shared/report/text/plan-text.ts';
import { plain } from '../../shared/words/tone.ts';
import { FLOW_ID, planBody } from '../support/plan-body.ts';

const planOf = (to: NewValue) =>
  seal(
    planBody({
      steps: [
        {
          record: 'master',
          table: { schema: 'migration', name: 'crewai_flow_state_extensions' },
          key: FLOW_ID,
          flowId: FLOW_ID,
          guard: {},
          writes: [{ column: 'flow_persistence_data', to, rule: null, why: 'x' }],
        },
      ],
    }),
  );
/** Both as they are read: without the signs that keep Markdown from taking text for more. */
const reviews = (to: NewValue) => [
  plain(planText(planOf(to))),
  planMarkdown(planOf(to)).replaceAll(/\\([\\`*_{}[\]#|!~$])/g, '$1'),
];

// Seen to fail where what is set inside JSON is only called a copy.
test('what is set inside JSON is shown, made safe', () => {
  for (const review of reviews({ kind: 'member', key: 'field_mappings', json: '{"password":"exfil\u001b[2J"}' })) {
    expect(review).toContain('{… "field_mappings": {"password":"exfil\\u001b[2J"}}');
  }
});

test('of a value that is too long to be read its length and its digest are shown: no two look the same', () => {
  const long = `{"a":"${'x'.repeat(3_000)}"}`;
  const digest = createHash('sha256').update(long).digest('hex');
  for (const to of [
    { kind: 'member', key: 'a', json: long },
    { kind: 'text', text: long },
  ] as const) {
    for (const review of reviews(to)) {
      expect(review).toContain(`(${long.length} characters, sha256:${digest})`);
      expect(review.length).toBeLessThan(4_000);
    }
  }
});

test('a text of some hundred characters is shown whole', () => {
  const text = `${'word '.repeat(150)}end`;
  for (const review of reviews({ kind: 'text', text })) expect(review).toContain(text);
});
