// Longer than most: the refusals are one table, so that what is missing in it can be seen.
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scan, scan } from '../../shared/diagnose/scan/scan.ts';
import { type Passed, type ScanFlowsOptions, scanFlows } from '../../shared/diagnose/scan/scan-flows.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { scanSarif } from '../../shared/report/machine/sarif.ts';
import { documentedColumns } from '../../shared/rules/relation/documented-columns.ts';
import { flowRelation } from '../../shared/rules/relation/flow-relation.ts';
import { FlowRow } from '../../shared/rules/relation/flow-row.ts';
import { withLookUps } from '../../shared/rules/relation/looked-up.ts';
import { openSession, type WriteSession, writable } from '../../shared/session.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { complete, flow } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
const sessions: WriteSession[] = [];
const flowIds = { retried: '', well: '', ended: '', lone: '' };

beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => {
    const retried = flow(variant, { master: { retry_count: 3 } });
    const well = flow(variant);
    const ended = flow(variant, {
      child: { ...complete(6), status: 'completed', completed_at: new Date().toISOString(), flow_name: 'Ended' },
      master: { flow_status: 'completed' },
    });
    const lone = {
      ...flow(variant, { child: { ...complete(6), status: 'failed', error_message: 'x', flow_name: '7' } }),
    };
    Object.assign(flowIds, { retried: retried.flowId, well: well.flowId, ended: ended.flowId, lone: lone.flowId });
    return [retried, well, ended, lone];
  });
  // What an attacker with rights on one schema could plant, and what nobody may reach.
  await install.query('create table migration.bystander (x int); insert into migration.bystander values (1)');
  await install.query('create sequence migration.counter');
  await install.query(`create schema evil;
    create function evil.spy() returns boolean language sql as 'select true';
    create function public.spy() returns boolean immutable language sql as 'select true';
    create function evil.always(text, text) returns boolean immutable language sql as 'select true';
    create operator evil.= (function = evil.always, leftarg = text, rightarg = text);
    create operator public.=== (function = evil.always, leftarg = text, rightarg = text);
    create type evil.mood as enum ('good');
    create function pg_catalog.planted() returns boolean immutable language sql as 'select true';
    create function pg_catalog.initcap(integer) returns text immutable language sql as 'select ''X''';
    create operator pg_catalog.=!= (function = evil.always, leftarg = text, rightarg = text)`);
});
afterAll(async () => {
  for (const session of sessions) await session.close();
  await install.close();
});

async function sessionWith(yaml: string): Promise<WriteSession> {
  const configuration = await parseConfiguration(yaml, 'f.yaml');
  const session = writable(await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: install.url }, { configuration })));
  sessions.push(session);
  return session;
}

async function passedBy(session: WriteSession): Promise<Passed[]> {
  const all: Passed[] = [];
  for await (const passed of scanFlows(session, {})) all.push(passed);
  return all;
}

/** One custom rule, its predicate in line 5 from column 12 on. */
function ruleOf(where: string, more = ''): string {
  return `customRules:
  - id: mine
    message: something is odd
    severity: error
    where: ${JSON.stringify(where)}
${more}`;
}

const rulesOf = (found: Scan, flowId: string) =>
  found.flows.find((one) => one.flowId === flowId)?.findings.map(({ rule }) => rule) ?? [];

describe('a custom rule is a rule like any other', () => {
  let session: WriteSession;
  beforeAll(async () => {
    session = await sessionWith(
      ruleOf(`F.Retries > 2 and "status" in ('processing', 'running')`, '    title: Odd\n    help: look into the log'),
    );
  });

  const finding = {
    rule: 'mine',
    severity: 'error',
    message: 'something is odd',
    wayOut: 'manual',
    evidence: [
      { record: 'master', table: 'crewai_flow_state_extensions', column: 'retry_count', found: '3', expected: null },
      { record: 'child', table: 'discovery_flows', column: 'status', found: 'processing', expected: null },
    ],
  };

  test('in a diagnosis, with the value of every column that it names', async () => {
    const { diagnosis, facts } = await diagnose(session, flowIds.retried);
    expect(diagnosis.findings).toMatchObject([finding]);
    expect(diagnosis.findings[0]?.evidence[0]?.why).toContain('look into the log');
    expect(diagnosis.recommended).toMatchObject([{ action: 'look', rule: 'mine', text: 'Odd: look into the log' }]);
    expect(planRepair(session, facts).leftOut).toMatchObject([{ rule: 'mine', reason: 'manual' }]);
    expect((await diagnose(session, flowIds.well)).diagnosis.findings).toEqual([]);
  });

  test('what comes from the flags is told of the flags', async () => {
    const ofFlags = await sessionWith(ruleOf('cardinality(f.phases_complete) > 0'));
    const { diagnosis } = await diagnose(ofFlags, flowIds.well);
    expect(diagnosis.findings[0]?.evidence).toMatchObject([
      {
        column: 'data_import_completed … tech_debt_assessment_completed',
        found: expect.stringContaining('data_import'),
      },
    ]);
  });

  test('in a scan, in its totals and in SARIF', async () => {
    const found = await scan(session);
    expect(found.flows.find((one) => one.flowId === flowIds.retried)?.findings).toMatchObject([finding]);
    expect(rulesOf(found, flowIds.well)).toEqual([]);
    const report = JSON.stringify(scanSarif(found, session.rules.asked));
    expect(report).toContain('{"id":"mine","shortDescription":{"text":"Odd"},"help":{"text":"look into the log"}');
  });

  test('in a stream', async () => {
    const passed = await passedBy(session);
    expect(passed).toContainEqual(
      expect.objectContaining({
        flow: expect.objectContaining({ flowId: flowIds.retried, rules: ['mine'], worst: 'error' }),
      }),
    );
  });
});

describe('predicates of every shape', () => {
  beforeAll(() =>
    install.query(`
      insert into migration.crewai_flow_state_extensions
        (flow_id, client_account_id, engagement_id, user_id, flow_type, flow_status)
      select gen_random_uuid(), client_account_id, engagement_id, 'x', 'discovery', 'failed'
      from migration.discovery_flows limit 1`),
  );

  test.each([
    ["flow_name = 'Ended'", ['ended']],
    ["f.flow_name = 'Ended' and master_status = 'completed' and not f.open", ['ended']],
    ["master_status = 'completed' and progress = 100 and phase_open is null", ['ended']],
    ["'data_import' = any(phases_complete) and (f.phases_complete)[1] = 'data_import' and retries > 2", ['retried']],
    ['case when retries > 2 then true else false end', ['retried']],
    [
      "retries between 1 and 9 and updated_at < now() - interval '1 minute' and age(now(), created_at) > '1 min'",
      ['retried'],
    ],
    ["coalesce(nullif(retries, 0), 0) > 0 and lower(status) like 'proc%' and retries::text ~ '^[0-9]$'", ['retried']],
    [
      "concat(status, retries, '-') ~ format('%s3-', status) and to_number(retries::text, '9') = 3 and to_json(retries)::text = '3'",
      ['retried'],
    ],
    [
      "to_char(updated_at, 'YYYY') > '2000' and date_part('year', now()) > 2000 and array[retries]::int[] = '{3}'",
      ['retried'],
    ],
    ["greatest(retries, 2) = 3 and extract(hour from created_at) >= 0 and current_date > '2020-01-01'", ['retried']],
    ['not"open"and status=\'completed\'', ['ended']],
    ['records = 2 and retries = 3', ['retried']],
    ['import_total = 2 and retries=3 and master_same_tenant', ['retried']],
    ["make_interval(hours => idle_hours::int) < interval '1 day' and retries = 3", ['retried']],
    ["retries = 3 and status <> $$f.records; -- no comment$$ and status <> '/* none */'", ['retried']],
    ["retries = 3 and status <> 'é😀' and f . flow_name is not null", ['retried']],
    ["retries = 3 and status <> E'a\\'b' and flow_name <> 'a\\'", ['retried']],
  ])('%s', async (where, names) => {
    const found = await scan(await sessionWith(ruleOf(where)), { reach: 'every flow' });
    const hit = Object.entries(flowIds).filter(([, id]) => rulesOf(found, id).includes('mine'));
    expect(hit.map(([name]) => name)).toEqual(names);
  });

  test.each([
    "retries = 3 and flow_name <> 'f.status'",
    "records > 0 and flow_name <> 'f.nothing'",
    "flow_name <> 'f.open' and $$f.master_status_wanted$$ <> E'f.status\\''",
    // A master without a child has no name, and no flow is deleted: nothing to divide by zero.
    "10 / length(coalesce(flow_name, '')) >= 0 and retries = 3",
    '10 / (length(status) - 7) > -100 and retries = 3',
    'not open and imports_linked = 1',
    'not open and import_linked and records = 2',
    'not open and records_unlinked = 0 and mapping_rows_differ is null',
    "not open and status_wanted = 'completed' and master_status_wanted = 'completed' and not awaits_approval",
  ])('asked of all as of a page: %s', async (where) => {
    const session = await sessionWith(ruleOf(where));
    const hit = async (options: ScanFlowsOptions) => {
      const ids: string[] = [];
      for await (const one of scanFlows(session, { reach: 'every flow', ...options })) {
        if (one.kind === 'flow' && one.flow.rules.includes('mine')) ids.push(one.flow.flowId);
      }
      return ids.sort();
    };
    const page = await hit({ page: { after: null, size: 100 } });
    expect(page.length).toBeGreaterThan(0);
    expect(await hit({})).toEqual(page);
  });

  test('columns of the child and of the master mixed: ended flows are asked in a plain scan too', async () => {
    const found = await scan(await sessionWith(ruleOf("master_status = 'completed' and progress = 100")));
    expect(rulesOf(found, flowIds.ended)).toEqual(['mine']);
  });
});

describe('what is refused, with its line and column', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}open${')'.repeat(depth)}`;
  test.each<[string, string, RegExp]>([
    ['a subquery', 'open and (select true)', /^f\.yaml:5:22: custom rule mine: it may not hold a subquery/],
    ['EXISTS', 'open and exists (select from migration.bystander)', /a subquery/],
    ['an array of a subquery', "status = any(array(select 'x'))", /a subquery/],
    ['IN with a subquery', "status in (select 'x')", /a subquery/],
    ['pg_sleep', 'open and pg_sleep(10) is null', /:5:22: custom rule mine: pg_sleep\(\) is volatile/],
    ['nextval', "open and nextval('migration.counter') > 0", /nextval\(\) is volatile/],
    ['random', 'open and random() > 0.5', /random\(\) is volatile/],
    ['clock_timestamp', 'updated_at < clock_timestamp()', /clock_timestamp\(\) is volatile/],
    ['set_config', "open and set_config('search_path', 'evil', false) = ''", /set_config\(\) is volatile/],
    ['an advisory lock', 'open and pg_try_advisory_lock(1)', /pg_try_advisory_lock\(\) is volatile/],
    [
      'a query inside a text',
      "open and query_to_xml('select 1', true, true, '') is null",
      /query_to_xml\(\) is volatile/,
    ],
    [
      'a table as XML',
      "open and table_to_xml('migration.bystander', true, true, '') is null",
      /table_to_xml\(\) looks at/,
    ],
    ['a file', "pg_read_file('/etc/passwd') = flow_name", /pg_read_file\(\) is volatile/],
    ['the catalog', "pg_get_viewdef('evil.v'::regclass) = flow_name", /pg_get_viewdef\(\) looks at/],
    [
      'a table by a cast',
      'open and flow_name::regclass is not null',
      /:5:31: .*a cast to regclass: it looks into the cat/,
    ],
    ['a type by a cast', 'cast(flow_name as regtype) is null', /:5:13: .*a cast to regtype: it looks into/],
    ['a role by a cast', 'flow_name::pg_catalog.regrole is null', /a cast to regrole: it looks into/],
    ['tables by a cast', 'phases_complete::regclass[] is null', /a cast to regclass: it looks into/],
    ['tables by another name', 'phases_complete::_regclass is null', /a cast to _regclass: it looks into/],
    ['rights by a cast', 'flow_name::aclitem is null', /a cast to aclitem: it looks into/],
    [
      'a row by a cast',
      'json_populate_record(null::pg_aggregate, confidence::json) is null',
      /pg_aggregate: it is the/,
    ],
    ['a table by a function', 'regclass(flow_name) is null', /regclass\(\) looks at/],
    ['a name of a table', 'to_regclass(status) is null', /to_regclass\(\) looks at/],
    ['a right', "has_table_privilege(status, 'select')", /:5:13: .*has_table_privilege\(\) looks at/],
    ['a setting', 'current_setting(status) is null', /current_setting\(\) looks at/],
    ['a name of a type', "pg_input_is_valid(status, 'regtype')", /pg_input_is_valid\(\) looks at/],
    ['the type of a value', "open and pg_typeof(status)::text = 'x'", /pg_typeof\(\) looks at/],
    ['a sequence of a column', "pg_get_serial_sequence(status, 'id') is null", /pg_get_serial_sequence\(\) looks at/],
    ['a comment on a table', "obj_description(1, 'pg_class') = status", /obj_description\(\) looks at/],
    ['what is visible', 'pg_table_is_visible(retries::oid)', /pg_table_is_visible\(\) looks at/],
    ['the start of the server', 'created_at < pg_postmaster_start_time()', /pg_postmaster_start_time\(\) looks at/],
    ['text search by a setting', 'to_tsvector(flow_name) is null', /to_tsvector\(\) looks at/],
    ['a text as a text search', "status @@ 'x'", /:5:20: .*the operator @@ looks at settings of the session/],
    ['the age of a transaction', "open and age(xid '1') > 0", /:5:22: .*a cast to xid: it rests on the session/],
    ['the same by a function', "open and age(xid('1')) > 0", /xid\(\) looks at/],
    ['transactions by a cast', 'phases_complete::xid8[] is null', /a cast to xid8: it rests on the session/],
    ['money', "progress::text::money > '1'", /a cast to money: it rests on the session/],
    ['a function planted in pg_catalog', 'open and planted()', /planted\(\) has a form that is not PostgreSQL's own/],
    ['another form of a function', "initcap(status) = 'X'", /initcap\(\) has a form that is not PostgreSQL's own/],
    [
      'an operator planted in pg_catalog',
      'status =!= phase',
      /the operator =!= has a form that is not PostgreSQL's own/,
    ],
    ['the user', 'status = current_user', /:5:22: .*it may not look at the session/],
    ['another statement', 'open; drop table migration.bystander', /:5:17: .*";" may not stand in it/],
    ['a semicolon', 'open;', /";" may not stand in it/],
    ['a comment', 'open -- and more', /:5:18: .*"--" may not stand in it/],
    ['a comment inside', 'open /* ) */ and true', /"\/\*" may not stand in it/],
    ['a closed bracket', 'open) or (open', /syntax error at or near "\)"/],
    ['a quote without end', "status = 'x", /unterminated quoted string/],
    ['dollar quotes without end', 'status = $x$ a', /unterminated dollar-quoted string/],
    ['an order', 'open order by 1', /more than one expression/],
    ['a union', 'open union select 1', /more than one expression/],
    ['a limit', 'open limit 1', /more than one expression/],
    ['nothing', '   ', /syntax error at end of input/],
    ['a NUL', 'open\u0000 and pg_sleep(1) is null', /a NUL/],
    ['a parameter', 'status = $1', /a parameter/],
    ['a planted function', 'open and evil.spy()', /evil\.spy is no function of PostgreSQL itself/],
    ['a planted function without its schema', 'open and spy()', /spy\(\) is no function of PostgreSQL itself/],
    ['a planted operator', "status operator(evil.=) 'x'", /evil\.= is no operator of PostgreSQL itself/],
    ['a planted operator without its schema', "status === 'x'", /:5:20: .*operator does not exist/],
    ['a planted type', "status::evil.mood = 'good'", /evil\.mood is no type of PostgreSQL itself/],
    ['a type of a column', 'status = flow_name::evil.t.x%type', /no type|such a type/],
    ['a function that gives rows', 'open and generate_series(1, 2) = 1', /generate_series\(\) gives many rows/],
    ['unnest', "unnest(phases_complete) = 'x'", /gives many rows/],
    ['an aggregate', 'max(progress) > 1', /max\(\) is an aggregate/],
    ['count(*)', 'open and count(*) > 1', /an aggregate/],
    ['an aggregate with a filter', 'open and sum(progress) filter (where open) > 1', /an aggregate/],
    ['a window function', 'row_number() over () > 1 and open', /a window function/],
    ['a text', 'status', /:5:13: .*must be type boolean, not type text/],
    ['a number', 'retries + 1', /must be type boolean, not type integer/],
    ['a wrong operator', "retries > 1 and progress || 2 = 'x'", /:5:38: .*operator does not exist/],
    ['a wrong constant', "retries > 1 and created_at > 'noon-ish'", /:5:42: .*invalid input syntax for type timestamp/],
    [
      'an unknown column',
      'retries > 1 and retrys > 2',
      /:5:29: custom rule mine: the flow relation has no column retrys/,
    ],
    ['a system column', 'ctid is not null', /no column ctid/],
    ['a column of the judgement', "'x' = any(rules)", /no column rules/],
    ['another table', 'open and bystander.x = 1', /no column bystander\.x/],
    ['the name of the class', '"constructor" is null', /no column constructor/],
    ['f.*', 'f.* is not null', /f\.\* is the whole row/],
    ['the whole row', 'f is not null', /f is the whole row/],
    ['the row as text', "f::text like '%x%'", /f is the whole row/],
    ['a field of a row', '(f).status is null', /f is the whole row|a field/],
    ['a column of another schema', 'migration.f.status is null', /no column migration\.f\.status/],
    ['ROW', '(status, phase) = (phase, status)', /a row/],
    ['a collation', "status < 'x' collate evil.c", /a collation/],
    ['no column at all', 'true', /names no column/],
    ['VARIADIC', "concat(variadic phases_complete) = 'x'", /VARIADIC/],
    ['many brackets', nested(900), /^$/],
    ['many NOTs', `${'not '.repeat(480)}open`, /^$/],
    ['10,000 brackets', nested(10_000), /<=2000 characters/],
    ['a long one', `${'open and '.repeat(10_000)}open`, /<=2000 characters/],
  ])('%s', async (_, where, message) => {
    const opened = sessionWith(ruleOf(where)).then(
      () => ({ code: 'none', message: '' }),
      ({ code, message }) => ({ code, message }),
    );
    const code = message.test('') ? 'none' : 'settings-invalid';
    expect(await opened).toEqual({ code, message: expect.stringMatching(message) });
  });

  test('a backslash is a character, whatever the database says of it', async () => {
    await install.query(
      `alter database ${new URL(install.url).pathname.slice(1)} set standard_conforming_strings = off`,
    );
    // Read the old way, the first string would end only after OR, and the rest would hold for every flow.
    const session = await sessionWith(
      ruleOf("retries = 3 and flow_name <> '\\' and status <> ' or open or status <> '"),
    );
    const found = await scan(session);
    const hit = Object.values(flowIds).filter((id) => rulesOf(found, id).includes('mine'));
    expect(hit).toEqual([flowIds.retried]);
  });

  test('names of types are those of any server, though it quotes every identifier', async () => {
    const database = new URL(install.url).pathname.slice(1);
    await install.query(`alter database ${database} set quote_all_identifiers = on`);
    const session = await sessionWith(ruleOf('retries = 3'));
    await install.query(`alter database ${database} reset quote_all_identifiers`);
    expect(rulesOf(await scan(session), flowIds.retried)).toContain('mine');
    expect(session.rules.notAsked).toEqual([]);
  });

  test('no attack left a trace', async () => {
    expect(await install.query('select x from migration.bystander')).toEqual([{ x: 1 }]);
    expect(await install.query('select is_called from migration.counter')).toEqual([{ is_called: false }]);
  });

  test('the second of two, by its own line', async () => {
    const yaml = `${ruleOf('open')}  - id: other\n    message: m\n    severity: info\n    where: |\n      open\n      and statu = 'x'\n`;
    await expect(sessionWith(yaml)).rejects.toThrow(
      /^f\.yaml:11:11: custom rule other: the flow relation has no column statu/,
    );
  });
});

describe('a predicate that fails on a row', () => {
  const failing = "flow_name::int > 0 and status <> 'x'";

  test('a scan says which rule, and does not pass for healthy', async () => {
    const session = await sessionWith(ruleOf(failing));
    await expect(scan(session, { healthy: true })).rejects.toMatchObject({
      code: 'rule-failed',
      message: expect.stringMatching(/^The custom rule mine could not be asked of every flow: invalid input syntax/),
    });
  });

  test.each([
    ["date_trunc('timezone', updated_at) is null", /unit "timezone" not supported/],
    ["concat('x ', flow_name)::jsonpath is null", /syntax error at or near/],
  ])('whatever kind of failure it is: %s', async (where, message) => {
    const session = await sessionWith(
      `${ruleOf('retries > 100')}${ruleOf(where).replace('customRules:\n', '').replace('mine', 'other')}`,
    );
    for (const ask of [() => scan(session), () => diagnose(session, flowIds.well)]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'rule-failed',
        message: expect.stringMatching(new RegExp(`^The custom rule other could not be asked .*${message.source}`)),
      });
    }
  });

  test('what it says of constants is not worked out before it is asked', async () => {
    const session = await sessionWith(ruleOf('open and 1 / 0 = 1'));
    expect(await session.reader.read(sql`select name from pg_prepared_statements`)).toEqual([]);
    await expect(scan(session)).rejects.toMatchObject({
      code: 'rule-failed',
      message: 'The custom rule mine could not be asked of every flow: division by zero.',
    });
  });

  test('so does a diagnosis; of several rules the one that fails is named', async () => {
    const session = await sessionWith(
      `${ruleOf('retries > 100')}  - id: other\n    message: m\n    severity: info\n    where: ${failing}\n`,
    );
    await expect(diagnose(session, flowIds.well)).rejects.toMatchObject({ code: 'rule-failed', message: /rule other/ });
    await expect(passedBy(session)).rejects.toThrow('The custom rule other');
    // Of a flow whose name is a number it can be asked.
    expect((await diagnose(session, flowIds.lone)).diagnosis.findings.map(({ rule }) => rule)).toContain('other');
  });
});

test('a repair after which it fails is rolled back, and says so', async () => {
  const session = await sessionWith(ruleOf('1 / (case when progress = 33.3 then 0 else 1 end) < 0'));
  await install.query('update migration.discovery_flows set progress_percentage = 99 where flow_id = $1', [
    flowIds.well,
  ]);
  const before = await install.everyRow();
  const { facts } = await diagnose(session, flowIds.well);
  const applied = apply(session, planRepair(session, facts), { createJournal: true });
  await expect(applied).rejects.toMatchObject({
    code: 'rule-failed',
    message: 'The custom rule mine could not be asked of every flow: division by zero. Nothing was written.',
  });
  expect(await install.everyRow()).toEqual(before);
});

test('so is a repair after which it fails in another way', async () => {
  const session = await sessionWith(ruleOf("(case when progress = 33.3 then 'x y' else '$.x' end)::jsonpath is null"));
  await install.query('update migration.discovery_flows set progress_percentage = 99 where flow_id = $1', [
    flowIds.well,
  ]);
  const { facts } = await diagnose(session, flowIds.well);
  await expect(apply(session, planRepair(session, facts), { createJournal: true })).rejects.toMatchObject({
    code: 'rule-failed',
    message: expect.stringMatching(/^The custom rule mine could not be asked of every flow: syntax error/),
  });
});

test('another mistake in the question is not blamed on a rule', async () => {
  const session = await sessionWith(ruleOf('retries > 100'));
  await expect(scan(session, { tenant: 'no uuid' })).rejects.toMatchObject({ code: 'database' });
});

test('the example of the documentation opens', async () => {
  const example = /```yaml\n(.*?)```/s.exec(await readFile('docs/configuration.md', 'utf8'))?.[1] ?? '';
  const { rules } = await sessionWith(example);
  expect(rules.asked.map(({ id }) => id)).toContain('abandoned-import');
  expect(rules.asked.map(({ id }) => id)).not.toContain('progress-out-of-step');
});

test('every column of the relation is documented with its type', async () => {
  expect(Object.keys(documentedColumns).sort()).toEqual(Object.keys(FlowRow.shape).sort());
  const { model, catalog } = await sessionWith('{}');
  const relation = sql`with flows as (${flowRelation(model, catalog)}) ${withLookUps(model, catalog, 'every flow')}`;
  const client = new pg.Client({ connectionString: install.url });
  await client.connect();
  const { fields } = await client
    .query(`select * from (${relation.text}) f limit 0`, relation.values)
    .finally(() => client.end());
  const NAMES: Record<number, string> = {
    16: 'boolean',
    23: 'integer',
    25: 'text',
    1043: 'text',
    701: 'number',
    1184: 'timestamptz',
    2950: 'uuid',
    1009: 'text[]',
    1015: 'text[]',
    1700: 'number',
    3802: 'jsonb',
  };
  const types = Object.fromEntries(fields.map(({ name, dataTypeID }) => [name, NAMES[dataTypeID] ?? dataTypeID]));
  expect(types).toEqual(Object.fromEntries(Object.entries(documentedColumns).map(([name, { type }]) => [name, type])));
});
