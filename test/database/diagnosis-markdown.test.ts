import { afterAll, beforeAll, expect, test } from 'vitest';
import { STUCK_FLOW_ID, STUCK_IMPORT_ID, stuckFlow } from '../../shared/demo/stuck-flow.ts';
import { diagnose, diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import { diagnosisMarkdown } from '../../shared/report/markdown/diagnosis-markdown.ts';
import { diagnosisText } from '../../shared/report/text/diagnosis-text.ts';
import { plain } from '../../shared/words/tone.ts';
import { flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
let diagnosis: Diagnosis;
let well = '';
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const healthy = flow(variant);
    well = healthy.flowId;
    return [stuckFlow(variant), healthy];
  });
  ({ diagnosis } = await diagnoseWithRawData(await install.session(), STUCK_FLOW_ID));
});
afterAll(() => install.close());

/** Without what makes it Markdown. */
const words = (markdown: string) => markdown.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll(/\\(.)/g, '$1');

test('every section of the text is in the Markdown, and each is said there', () => {
  const shown = {
    ...diagnosis,
    notices: ['rows are hidden'],
    notAsked: [{ rule: 'stalled', why: 'no column', custom: false }],
  };
  const markdown = diagnosisMarkdown(shown);
  const titles = [...plain(diagnosisText(shown)).matchAll(/^([a-z].*)$/gm)].map(([, title = '']) => title);
  expect(titles.length).toBeGreaterThan(12);
  const headings: Record<string, string> = { why: 'findings', 'phases, as processed': 'phases' };
  for (const title of titles) expect(markdown.toLowerCase()).toContain(`## ${headings[title] ?? title}\n\n`);
  for (const said of [
    // records
    '| ✖ | discovery_flows | status | running | waiting_for_approval |',
    '|  | discovery_flows | data_import_completed | true |  |',
    // persisted
    '- ✔ field mappings 13 mappings',
    // links
    '| ○ | raw_import_records.master_flow_id | 0 rows linked, 23 without, 0 elsewhere |',
    // mapping quality
    '- sure 9 high, 3 medium, 1 low',
    '- low Notes 0.41',
    // import candidates with their evidence
    `- ✖ not linked: no row has data_imports.master_flow_id`,
    `- ${STUCK_IMPORT_ID} `,
    '  - + 13 of 13 mapped fields are in its data',
    // calls
    '\n- → standard POST',
    '\n- intelligent POST',
    '\n  - now: nothing (master_flow_orchestrator)',
    // what could not be said
    '- ○ rows are hidden',
    '- ○ stalled was not asked: no column',
  ]) {
    expect(words(markdown)).toContain(said);
  }
});

test('an import that is not linked is not said to be missing, and times say their zone', () => {
  const text = plain(diagnosisText(diagnosis));
  expect(text).toContain('data_imports (the data it was made from)  none is linked to the flow');
  expect(diagnosisMarkdown(diagnosis)).toContain('| none is linked to the flow |');
  expect(text).toContain('2025-07-05 17:41:20Z +1 s     child record last written');
});

test('a flow that is well says so, section by section', async () => {
  const { diagnosis: healthy } = await diagnose(await install.session(), well);
  expect(diagnosisMarkdown(healthy)).toMatch(/## Findings\n\nNone\.[\s\S]*## Records\n\n\|[\s\S]*## Gaps\n\nNone\./);
});
