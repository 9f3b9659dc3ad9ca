// Longer than most: one kind of install, and everything that is asked of it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layoutOf } from '../../extension/documents/layout.ts';
import { type InstallVariant, olderInstall } from '../../shared/demo/install-schema.ts';
import { locate } from '../../shared/diagnose/locate/locate.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { scanFlows } from '../../shared/diagnose/scan/scan-flows.ts';
import { type Diagnosed, diagnose, diagnoseWithRawData } from '../../shared/diagnosis/diagnose.ts';
import { exportFlow } from '../../shared/export/export-flow.ts';
import { laterMarks } from '../../shared/flow/later-generation.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { applyMany } from '../../shared/repair/apply/apply-many.ts';
import { planState } from '../../shared/repair/check/plan-state.ts';
import { type Plan, seal, sealsOf } from '../../shared/repair/document/plan.ts';
import type { Receipt } from '../../shared/repair/journal/journal.ts';
import { receiptById, receipts } from '../../shared/repair/journal/journal-place.ts';
import { brokenRules, brokenRulesOf } from '../../shared/repair/plan/broken-rules.ts';
import { flowsToMend } from '../../shared/repair/plan/flows-to-mend.ts';
import { planMany } from '../../shared/repair/plan/plan-many.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { preview } from '../../shared/repair/preview/preview.ts';
import { previewMany } from '../../shared/repair/preview/preview-many.ts';
import { draftUndo } from '../../shared/repair/undo/draft-undo.ts';
import { scanSarif } from '../../shared/report/machine/sarif.ts';
import { scanMarkdown } from '../../shared/report/markdown/scan-markdown.ts';
import { locationsText } from '../../shared/report/text/locations-text.ts';
import { scanText, totalsText } from '../../shared/report/text/scan-text.ts';
import { resume } from '../../shared/resume/resume.ts';
import { watch } from '../../shared/resume/watch.ts';
import { openSession, type WriteSession } from '../../shared/session.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { plain } from '../../shared/words/tone.ts';
import { broken } from '../soak/broken-flows.ts';
import { assessmentFlow } from '../support/assessment-flow.ts';
import { flow } from '../support/flow.ts';
import { everyFormat } from '../support/formats.ts';
import { type Install, makeInstall } from '../support/install.ts';

const agreed = { createJournal: true };
const REFUSED = { code: 'later-generation' };
const TOLD = /This install is of a later generation of the platform \([a-z_, ]+\): .* judges nothing here/;

/** What makes each mark on an install of July 2025, and what takes it away. */
const MARKS = [
  ['collection_flows', 'create table S.collection_flows (id uuid)', 'drop table S.collection_flows'],
  ['stocks', 'create table S.stocks (id uuid)', 'drop table S.stocks'],
  ['watchlists', 'create view S.watchlists as select 1 as id', 'drop view S.watchlists'],
  [
    'data_validation_completed',
    'alter table S.discovery_flows add column data_validation_completed boolean not null default false',
    'alter table S.discovery_flows drop column data_validation_completed',
  ],
  [
    'fk_discovery_flows_engagement_hierarchy',
    `create table S.engagements (client_account_id uuid, id uuid, primary key (client_account_id, id));
     alter table S.discovery_flows add constraint fk_discovery_flows_engagement_hierarchy
       foreign key (client_account_id, engagement_id) references S.engagements (client_account_id, id) not valid`,
    'alter table S.discovery_flows drop constraint fk_discovery_flows_engagement_hierarchy; drop table S.engagements',
  ],
] as const;

/** What looks like one, and is none. */
const NEAR_MISSES = [
  [
    'the tables in another schema',
    'create schema x; create table x.stocks (id uuid); create table x.collection_flows (id uuid)',
  ],
  [
    'the flow table of another schema',
    `create schema x; create table x.discovery_flows (data_validation_completed boolean,
       constraint fk_discovery_flows_engagement_hierarchy check (true))`,
  ],
  [
    'an index, a sequence and a type of the names',
    `create index stocks on S.discovery_flows (status);
     create sequence S.watchlists; create type S.collection_flows as (id uuid)`,
  ],
  ['the names in another case', 'create table S."Collection_Flows" (id uuid); create table S."STOCKS" (id uuid)'],
  ['the column of another table', 'alter table S.data_imports add column data_validation_completed boolean'],
  [
    'the column, dropped',
    `alter table S.discovery_flows add column data_validation_completed boolean;
     alter table S.discovery_flows drop column data_validation_completed`,
  ],
  [
    'the constraint of another table',
    'alter table S.data_imports add constraint fk_discovery_flows_engagement_hierarchy check (true)',
  ],
] as const;

/** Runs the work and takes back what was made, on an install that others use too. */
async function having(install: Install, statement: string, work: () => Promise<void>, undone: string): Promise<void> {
  await install.query(statement.replaceAll('S.', `${install.variant.schema}.`));
  try {
    await work();
  } finally {
    await install.query(undone.replaceAll('S.', `${install.variant.schema}.`));
  }
}

test('every mark of the data has a test, a first day after the seed and a source', () => {
  expect(laterMarks.map(({ name }) => name).sort()).toEqual(MARKS.map(([name]) => name).sort());
  for (const { since, source } of laterMarks) {
    expect(since > '2025-07-17').toBe(true);
    expect(source).toMatch(/^[0-9a-f]{9}, \d{3}_\w+\.py$/);
  }
});

describe('what is a mark', () => {
  let install: Install;
  let flowId: string;
  beforeAll(async () => {
    install = await makeInstall('PostgreSQL', (variant) => {
      const rows = broken(variant);
      flowId = rows.flowId;
      return [rows];
    });
  });
  afterAll(() => install.close());

  test.each(MARKS)('%s alone', async (name, statement, undone) => {
    await having(
      install,
      statement,
      async () => {
        const session = await install.session();
        expect(session.catalog.laterMarks).toEqual([name]);
        const seen = await scan(session);
        expect(seen.notJudged).toContain(`(${name})`);
        expect(seen.flows).toMatchObject([{ flowId, findings: [], notJudged: true }]);
      },
      undone,
    );
    expect((await scan(await install.session())).totals.error).toBe(1);
  });

  test.each(NEAR_MISSES)('%s: judged as ever', async (_, statement) => {
    const own = await makeInstall('PostgreSQL', (variant) => [broken(variant)]);
    try {
      await own.query(statement.replaceAll('S.', `${own.variant.schema}.`));
      const session = await own.session();
      expect(session.catalog.laterMarks).toEqual([]);
      const seen = await scan(session);
      expect([seen.notJudged, seen.totals.error]).toEqual([undefined, 1]);
    } finally {
      await own.close();
    }
  });

  test.each<[string, Partial<InstallVariant>]>([
    ['links to the flow_id', { linkTarget: 'flow_id' }],
    ['links to nothing', { linkTarget: 'none' }],
    ['without the optional tables', { lacksOptionalTables: true }],
    ['with checks', { statusCheck: true }],
    ['with assessments', { assessments: true }],
  ])('an install %s is none', async (_, more) => {
    const own = await makeInstall('PostgreSQL', (variant) => [broken(variant)], { ...olderInstall, ...more });
    try {
      const session = await own.session();
      expect(session.catalog.laterMarks).toEqual([]);
      expect((await scan(session)).totals.error).toBe(1);
    } finally {
      await own.close();
    }
  });

  test('a mark beats keys to the id of the master', async () => {
    expect(install.variant.linkTarget).toBe('id');
    const [[, statement, undone]] = MARKS;
    await having(
      install,
      statement,
      async () => {
        const session = await install.session();
        expect(session.catalog.linkTargets.import).toBe('id');
        expect((await diagnose(session, flowId)).diagnosis.verdict).toBe('not judged');
      },
      undone,
    );
  });

  test('a quoted schema of mixed case, and a role that may not read the table', async () => {
    const own = await makeInstall('PostgreSQL', (variant) => [broken(variant)]);
    const role = `reader_${randomUUID().slice(0, 8)}`;
    try {
      await own.query(`alter schema migration rename to "Plat ""Form";
        create role ${role} login password 'change me'; grant usage on schema "Plat ""Form" to ${role};
        grant select on all tables in schema "Plat ""Form" to ${role};
        create table "Plat ""Form".collection_flows (id uuid)`);
      const url = new URL(own.url);
      Object.assign(url, { username: role, password: 'change me' });
      const session = await own.session({ FLOWMEND_DATABASE_URL: url.href });
      expect(session.catalog.laterMarks).toEqual(['collection_flows']);
    } finally {
      await own.query(`drop owned by ${role}; drop role ${role}`);
      await own.close();
    }
  });

  test('views over tables of another schema have what those have', async () => {
    const own = await makeInstall('PostgreSQL', (variant) => [broken(variant)]);
    try {
      const shown = ['discovery_flows', 'crewai_flow_state_extensions', 'data_imports'];
      const views = shown.map((name) => `create view shown.${name} as select * from migration.${name};`).join('');
      await own.query(`create schema shown; ${views}`);
      const judged = await own.session({ FLOWMEND_SCHEMA: 'shown' });
      expect(judged.catalog.laterMarks).toEqual([]);
      // The view was made before: it does not show the column.
      await own.query('alter table migration.discovery_flows add column data_validation_completed boolean');
      const session = await own.session({ FLOWMEND_SCHEMA: 'shown' });
      expect(session.catalog.laterMarks).toEqual(['data_validation_completed']);
    } finally {
      await own.close();
    }
  });

  test('what lacks needed columns is refused as ever', async () => {
    const own = await makeInstall('PostgreSQL', (variant) => [broken(variant)]);
    try {
      await own.query(`create table migration.collection_flows (id uuid);
        alter table migration.discovery_flows drop column field_mapping_completed`);
      await expect(own.session()).rejects.toMatchObject({ code: 'wrong-schema' });
    } finally {
      await own.close();
    }
  });
});

describe('an install of a later generation', () => {
  const variant: InstallVariant = { ...olderInstall, assessments: true };
  let install: Install;
  let ids: string[];
  let assessmentId: string;
  /** Made and applied while the install was judged. */
  let single: Receipt;
  let ofMany: Receipt;
  let before: unknown;
  let diagnosed: Diagnosed;
  let saved: Plan;
  let savedMany: Plan;
  let session: WriteSession;

  beforeAll(async () => {
    install = await makeInstall(
      'PostgreSQL',
      (made) => {
        const flows = Array.from({ length: 6 }, () => broken(made));
        ids = flows.map((one) => one.flowId);
        const assessment = assessmentFlow({ child: { progress: 0 } });
        assessmentId = assessment.flowId;
        return [...flows, flow(made), assessment];
      },
      variant,
    );
    before = await install.everyRow();
    const judged = await install.session();
    const [one = '', two = '', three = '', four = '', five = ''] = ids;
    const applied = await apply(judged, planRepair(judged, (await diagnose(judged, one)).facts), agreed);
    if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
    single = applied.receipt;
    const { receipts: made } = await applyMany(judged, await planMany(judged, [two, three]), agreed);
    ofMany = await receiptById(judged, made[0] ?? '');
    diagnosed = await diagnose(judged, four);
    saved = planRepair(judged, diagnosed.facts);
    savedMany = await planMany(judged, [four, five]);
    await install.query(`create table migration.collection_flows (id uuid);
      alter table migration.discovery_flows add column data_validation_completed boolean not null default false`);
    session = await install.session({ FLOWMEND_API_URL: await install.startApi() });
  });
  afterAll(() => install.close());

  test('is listed and counted, without a verdict, in every format', async () => {
    const found = await scan(session);
    expect(found.notJudged).toMatch(TOLD);
    expect(found.notJudged).toContain('(collection_flows, data_validation_completed)');
    expect(found.totals).toEqual({ flows: 7, error: 0, warning: 0, info: 0, healthy: 0 });
    expect(found.flows.every(({ findings, notJudged }) => findings.length === 0 && notJudged)).toBe(true);
    const text = plain(scanText(found));
    expect(text.split('\n')[0]).toMatch(TOLD);
    expect(text).toContain('· 7 not judged');
    expect(scanMarkdown(found).split('\n')[0]).toMatch(/^> ▲ This install is of a later generation/);
    expect(totalsText(found)).toMatch(/^7 flows, not judged\. This install/);
    for (const shown of [text, scanMarkdown(found)]) expect(shown).not.toMatch(/healthy|No finding|[✖●]/);
    const { runs } = scanSarif(found, session.rules.asked) as { runs: Record<string, unknown>[] };
    expect(runs[0]).toMatchObject({
      results: [],
      invocations: [{ executionSuccessful: false, toolExecutionNotifications: [{ descriptor: { id: 'not-judged' } }] }],
    });
    const few = await scan(session, { limit: 2 });
    expect(few.flows.length).toBe(2);
    expect(plain(scanText(few))).toContain('5 more flows are not listed');
  });

  test('is paged, and streamed flow by flow', async () => {
    const first = await scan(session, { limit: 4, page: { after: null, size: 4 } });
    const second = await scan(session, { limit: 4, page: { after: first.nextAfter ?? null, size: 4 } });
    const listed = [...first.flows, ...second.flows].map(({ flowId }) => flowId);
    expect([new Set(listed).size, second.nextAfter]).toEqual([7, undefined]);
    const streamed: string[] = [];
    for await (const passed of scanFlows(session, {})) {
      if (passed.kind === 'flow') streamed.push(passed.flow.flowId);
      else expect(passed.flows).toBe(7);
    }
    expect(streamed.sort()).toEqual(listed.sort());
  });

  test("shows a flow's records and links, and judges none of them", async () => {
    const [, , , four = ''] = ids;
    const { diagnosis } = await diagnoseWithRawData(session, four);
    expect(diagnosis).toMatchObject({ verdict: 'not judged', findings: [], gaps: [], recommended: [], processed: [] });
    expect(diagnosis.resume).toMatchObject({ point: null, possible: false, decision: 'nothing', calls: [] });
    const [child, master] = diagnosis.records;
    expect(child?.values.status).toBe(diagnosed.diagnosis.records[0]?.values.status);
    expect(master?.values.flow_status).toBe(diagnosed.diagnosis.records[1]?.values.flow_status);
    expect(diagnosis.records.flatMap(({ shouldBe }) => Object.keys(shouldBe))).toEqual([]);
    expect(diagnosis.links.find(({ column }) => column === 'flow_id')?.value).toBe(four);
    const { text, marks } = layoutOf(diagnosis);
    expect([text.split('\n')[0], marks]).toEqual([expect.stringMatching(TOLD), []]);
    const inEditor: [string, string] = ['VS Code', text];
    for (const [format, shown] of [inEditor, ...everyFormat(diagnosis, session.rules.asked)]) {
      expect(shown, format).toContain('This install is of a later generation');
      expect(shown, format).not.toMatch(/[✖✔]|recommended, in|HEALTHY|STUCK/);
    }
  });

  test('locates, exports and follows as ever, and says it there too', async () => {
    const [, , , four = ''] = ids;
    const found = await locate(session, four);
    expect(found.locations.length).toBeGreaterThan(2);
    expect(plain(locationsText(found)).split('\n')[0]).toMatch(TOLD);
    const document = await exportFlow(session, four);
    expect([document.notJudged, document.records.child[0]?.flow_id]).toEqual([expect.stringMatching(TOLD), four]);
    expect((await receipts(session, { limit: 10 })).map(({ id }) => id)).toContain(single.id);
    await install.query(
      `update migration.discovery_flows set data_import_completed = true, field_mapping_completed = true,
         current_phase = 'data_cleansing' where flow_id = $1`,
      [four],
    );
    const sightings = [];
    const options = { flowId: four, timeoutMs: 1, everyMs: 1, fromPhase: 'field_mapping' };
    for await (const sighting of watch(session, options)) sightings.push(sighting);
    expect(sightings).toMatchObject([{ phase: 'data_cleansing', moved: false }]);
  });

  test.each<[string, () => unknown]>([
    ['planRepair', () => planRepair(session, diagnosed.facts)],
    ['planMany', () => planMany(session, ids)],
    ['flowsToMend', () => flowsToMend(session, {})],
    ['brokenRules', () => brokenRules(session)],
    ['brokenRulesOf', () => brokenRulesOf(session, [['progress-out-of-step']])],
    ['preview', () => preview(session, saved)],
    ['previewMany', () => previewMany(session, savedMany)],
    ['planState', () => planState(session, saved)],
    ['apply', () => apply(session, saved, agreed)],
    ['applyMany', () => applyMany(session, savedMany, agreed)],
    ['resume', () => resume(session, diagnosed)],
  ])('%s refuses, and writes nothing', async (_, work) => {
    const rows = await install.everyRow();
    await expect((async () => work())()).rejects.toMatchObject(REFUSED);
    expect(await install.everyRow()).toEqual(rows);
  });

  test('a plan made elsewhere, or one that calls itself an undo, writes nothing', async () => {
    const rows = await install.everyRow();
    await expect(apply(session, seal({ ...saved, database: 'elsewhere' }), agreed)).rejects.toMatchObject(REFUSED);
    const disguised = { ...saved, kind: 'undo', undoes: single.id } as const;
    const outcome = await apply(session, { ...disguised, ...sealsOf(disguised) }, agreed);
    expect(outcome.kind).toBe('refused');
    expect(await install.everyRow()).toEqual(rows);
  });

  test('its assessments are not judged either', async () => {
    const assessments = await install.session({ FLOWMEND_KIND: 'assessment' });
    const found = await scan(assessments);
    expect([found.notJudged, found.totals.flows]).toEqual([expect.stringMatching(TOLD), 1]);
    const one = await diagnose(assessments, assessmentId);
    expect(one.diagnosis).toMatchObject({ verdict: 'not judged', kind: 'assessment', findings: [] });
    expect(() => planRepair(assessments, one.facts)).toThrow(expect.objectContaining(REFUSED));
  });

  test('rules of the configuration are not asked, nor looked at', async () => {
    const configuration = await parseConfiguration(
      'customRules:\n  - { id: every-flow, where: "true", message: every flow, severity: error }\n',
      'f.yaml',
    );
    const own = await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: install.url }, { configuration }));
    try {
      expect(own.rules).toEqual({ asked: [], notAsked: [] });
      const found = await scan(own);
      expect(found.totals.error).toBe(0);
      expect(found.notJudged).toContain('rules of the configuration');
    } finally {
      await own.close();
    }
  });

  test('what was repaired before is taken back, guarded by its receipt, one flow and many', async () => {
    const [one = '', two = '', three = ''] = ids;
    const status = async (flowId: string) =>
      (await install.query('select status from migration.discovery_flows where flow_id = $1', [flowId]))[0]?.status;
    const repaired = await status(one);
    await install.query(`update migration.discovery_flows set status = 'paused' where flow_id = $1`, [one]);
    const stale = await draftUndo(session, single);
    if (!stale.plan) throw new Error('no plan');
    expect((await apply(session, stale.plan, agreed)).kind).toBe('stale');
    await install.query('update migration.discovery_flows set status = $2 where flow_id = $1', [one, repaired]);
    for (const receipt of [single, ofMany]) {
      const draft = await draftUndo(session, receipt);
      if (!draft.plan) throw new Error(JSON.stringify(draft));
      expect((await preview(session, draft.plan)).kind).toBe('ran');
      const outcome = await apply(session, draft.plan, agreed);
      expect(outcome.kind).toBe('applied');
    }
    const key = (rows: unknown) =>
      (rows as { row: string }[])
        .map(({ row }) => row)
        .filter((row) => [one, two, three].some((id) => row.includes(id)));
    // The new column stands at the end of each row of a flow.
    const now = key(await install.everyRow()).map((row) => row.replace(/,f\)$/, ')'));
    expect(now).toEqual(key(before));
  });
});
