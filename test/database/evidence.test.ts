import { afterAll, beforeAll, expect, test } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { diagnosisMarkdown } from '../../shared/report/markdown/diagnosis-markdown.ts';
import { diagnosisText } from '../../shared/report/text/diagnosis-text.ts';
import { openSession, type Session } from '../../shared/session.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { plain } from '../../shared/words/tone.ts';
import { but, flow, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

const CUSTOM = `customRules:
  - { id: mine, message: low ones wait, severity: error, where: "(confidence ->> 'low')::int >= 0" }`;

let install: Install;
let session: Session;
let waiting = '';
let evil = '';
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const rows = [flow(variant, WAITING), flow(variant, but(WAITING, { child: { status: 'evil' } }))] as const;
    [waiting, evil] = [rows[0].flowId, rows[1].flowId];
    return [...rows];
  });
  const configuration = await parseConfiguration(CUSTOM, 'flowmend.yaml');
  session = await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: install.url }, { configuration }));
});
afterAll(async () => {
  await session.close();
  await install.close();
});

test('where no particular value is right there is no arrow, which would read as an instruction', async () => {
  const { diagnosis } = await diagnose(session, evil);
  expect(diagnosis.findings).toContainEqual(
    expect.objectContaining({
      rule: 'child-status-unknown',
      evidence: [expect.objectContaining({ found: 'evil', expected: null })],
    }),
  );
  const text = plain(diagnosisText(diagnosis));
  expect(text).toMatch(/discovery_flows\.status: evil {2}because/);
  // It is still marked among the records.
  expect(text).toMatch(/✖ status +evil$/m);
  expect(text).not.toContain('→ NULL');
  expect(diagnosisMarkdown(diagnosis)).toMatch(/\| ✖ \| discovery\\_flows \| status \| evil \| {2}\|/);
});

test('where one is right the arrow says which', async () => {
  const { diagnosis } = await diagnose(session, waiting);
  expect(plain(diagnosisText(diagnosis))).toMatch(/field_mapping_completed: false → true {2}because/);
});

test('a custom rule on a column of many numbers shows them', async () => {
  const { diagnosis } = await diagnose(session, waiting);
  const found = diagnosis.findings.find(({ rule }) => rule === 'mine')?.evidence[0]?.found;
  expect(JSON.parse(found ?? '')).toMatchObject({ high: expect.any(Number), low: expect.any(Number) });
});
