import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { resume } from '../../shared/resume/resume.ts';
import { watch } from '../../shared/resume/watch.ts';
import { but, type Overrides, WAITING } from '../support/flow.ts';
import { freePort } from '../support/free-port.ts';
import type { Install } from '../support/install.ts';
import { installOf } from '../support/one-flow.ts';

let install: Install;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await install.close();
});

async function installWith(overrides: Overrides): Promise<string> {
  const made = await installOf(overrides);
  install = made.install;
  return made.flowId;
}

async function resumeOn(url: string, flowId: string, timeoutMs = 10_000) {
  const session = await install.session({
    FLOWMEND_API_URL: url,
    FLOWMEND_API_TOKEN: 'token-never-shown',
    FLOWMEND_API_TIMEOUT_MS: String(timeoutMs),
  });
  return resume(session, await diagnose(session, flowId));
}

/** An API that answers everything alike and remembers what it was asked. */
async function answering(status: number, body: string, delayMs = 0) {
  const asked: { url: string | undefined; headers: Record<string, unknown>; body: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      asked.push({ url: request.url, headers: request.headers, body: text });
      setTimeout(() => response.writeHead(status).end(body), delayMs);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, asked };
}

test('field_mapping and waiting: the intelligent endpoint approves', async () => {
  const flowId = await installWith(WAITING);
  const outcome = await resumeOn(await install.startApi(), flowId);
  expect(outcome).toMatchObject({ kind: 'called', call: { endpoint: 'intelligent' }, tried: [] });
  const [row] = await install.query(`select current_phase from migration.discovery_flows`);
  expect(row).toEqual({ current_phase: 'data_cleansing' });
});

test('attribute_mapping: the standard endpoint, because the intelligent one would not approve', async () => {
  const flowId = await installWith(but(WAITING, { child: { current_phase: 'attribute_mapping' } }));
  const outcome = await resumeOn(await install.startApi(), flowId);
  expect(outcome).toMatchObject({ kind: 'called', call: { endpoint: 'standard' } });
  const [row] = await install.query(`select current_phase from migration.discovery_flows`);
  expect(row).toEqual({ current_phase: 'data_cleansing' });
});

test('an older install answers 404: the standard endpoint is tried', async () => {
  const flowId = await installWith(WAITING);
  const outcome = await resumeOn(await install.startApi({ intelligent: false }), flowId);
  expect(outcome).toMatchObject({
    kind: 'called',
    call: { endpoint: 'standard' },
    tried: ['intelligent: 404 Not Found'],
  });
});

test('an older install, and a paused flow to go on with: the standard endpoint resumes it', async () => {
  const flowId = await installWith({ child: { status: 'paused' }, master: { flow_status: 'paused' } });
  expect(await resumeOn(await install.startApi({ intelligent: false }), flowId)).toMatchObject({
    kind: 'called',
    call: { endpoint: 'standard', body: { approval: false } },
    tried: ['intelligent: 404 Not Found'],
  });
});

test('a flow whose master is not in step: nothing is sent, repair first', async () => {
  const flowId = await installWith(
    but(WAITING, {
      child: { status: 'running', current_phase: 'attribute_mapping' },
      master: { flow_status: 'initialized' },
    }),
  );
  const api = await answering(200, '{}');
  const outcome = await resumeOn(api.url, flowId);
  expect(outcome).toMatchObject({ kind: 'not resumable', next: `Repair it first: flowmend apply ${flowId}` });
  expect(api.asked).toEqual([]);
});

test('the request carries the tenant of the flow, the token and the mappings', async () => {
  const flowId = await installWith(but(WAITING, { child: { current_phase: 'attribute_mapping' } }));
  const api = await answering(200, '{"success": true}');
  await resumeOn(api.url, flowId);
  const [row] = await install.query(
    `select client_account_id, engagement_id, field_mappings from migration.discovery_flows`,
  );
  expect(api.asked).toHaveLength(1);
  expect(api.asked[0]?.url).toBe(`/api/v1/discovery/flow/${flowId}/resume`);
  expect(api.asked[0]?.headers).toMatchObject({
    'x-client-account-id': row?.client_account_id,
    'x-engagement-id': row?.engagement_id,
    authorization: 'Bearer token-never-shown',
  });
  expect(JSON.parse(api.asked[0]?.body ?? '')).toEqual({ field_mappings: row?.field_mappings, approval: true });
});

test('200 and nothing happens: watching says that it did not move', async () => {
  const flowId = await installWith(WAITING);
  const api = await answering(200, '{"success": true, "message": "Flow resumed"}');
  expect((await resumeOn(api.url, flowId)).kind).toBe('called');
  const session = await install.session();
  const seen = [];
  for await (const sighting of watch(session, { flowId, timeoutMs: 120, everyMs: 20 })) seen.push(sighting);
  expect(seen).toHaveLength(1);
  expect(seen[0]?.moved).toBe(false);
});

/** Where the mapping is complete: the phase that the flow says it is in, and whether it moved on from the mapping. */
test.each([
  ['data_cleansing', true],
  ['asset_inventory', true],
  ['field_mapping', false],
  ['data_import', false],
  [null, false],
])('only a later phase is a move: in %s, %s', async (current_phase, moved) => {
  const flowId = await installWith({ child: { current_phase } });
  const session = await install.session();
  const first = await watch(session, { flowId, fromPhase: 'field_mapping', timeoutMs: 0, everyMs: 20 }).next();
  expect(first.value.moved).toBe(moved);
});

test('a 500 with a detail is told in one line, without the token', async () => {
  const flowId = await installWith(WAITING);
  const api = await answering(500, '{"detail": "Failed to resume flow: no crew\\nfor token-never-shown"}');
  await expect(resumeOn(api.url, flowId)).rejects.toMatchObject({
    code: 'api-refused',
    message: 'The platform answered 500: Failed to resume flow: no crew for [hidden]',
  });
});

test('an API that is slow: a bounded wait', async () => {
  const flowId = await installWith(WAITING);
  const api = await answering(200, '{}', 2_000);
  await expect(resumeOn(api.url, flowId, 300)).rejects.toMatchObject({ code: 'api-timeout' });
});

test('an API that cannot be reached', async () => {
  const flowId = await installWith(WAITING);
  await expect(resumeOn(`http://127.0.0.1:${await freePort()}`, flowId)).rejects.toMatchObject({
    code: 'api-unreachable',
  });
});

test('a page instead of an answer', async () => {
  const flowId = await installWith(WAITING);
  const api = await answering(200, '<!doctype html>');
  await expect(resumeOn(api.url, flowId)).rejects.toMatchObject({ code: 'api-answer' });
});

test('a redirect is not followed: the token goes nowhere else', async () => {
  const flowId = await installWith(WAITING);
  const api = await answering(307, '');
  await expect(resumeOn(api.url, flowId)).rejects.toMatchObject({ code: 'api-refused' });
});

test('no API configured', async () => {
  const flowId = await installWith(WAITING);
  const session = await install.session();
  await expect(resume(session, await diagnose(session, flowId))).rejects.toMatchObject({ code: 'not-configured' });
});

test.each<[overrides: Overrides, decision: string, from: string | null]>([
  [WAITING, 'approve', 'data_cleansing'],
  [{}, 'nothing', null],
  [{ child: { status: 'paused' }, master: { flow_status: 'paused' } }, 'continue', 'data_cleansing'],
  [{ child: { status: 'failed' }, master: { flow_status: 'failed' } }, 'continue', 'data_cleansing'],
  [{ child: { status: 'cancelled' } }, 'nothing', null],
  [
    but(WAITING, { child: { status: 'paused', field_mappings: null }, master: { flow_persistence_data: {} } }),
    'regenerate',
    'field_mapping',
  ],
  [but(WAITING, { child: { status: 'failed' }, master: { flow_status: 'failed' } }), 'nothing', null],
])('what should happen next: %j: %s', async (overrides, decision, fromPhase) => {
  const flowId = await installWith(overrides);
  const { diagnosis } = await diagnose(await install.session(), flowId);
  expect(diagnosis.resume).toMatchObject({ decision, fromPhase });
});

const FAILED = { child: { status: 'failed' }, master: { flow_status: 'failed' } };
const PAUSED = { child: { status: 'paused' }, master: { flow_status: 'paused' } };

test.each<[overrides: Overrides, why: string]>([
  [but(WAITING, FAILED), '2 field mappings exist, but the flow failed: retry it from the platform'],
  [
    but(but(WAITING, PAUSED), { child: { current_phase: 'data_cleansing' } }),
    '2 field mappings exist, but discovery_flows.current_phase is data_cleansing, beyond field_mapping',
  ],
  [
    but(WAITING, { child: { current_phase: 'mapping' } }),
    '2 field mappings exist, but discovery_flows.current_phase is mapping, which names no phase',
  ],
])('mappings that are there and do not wait are not made again: %j', async (overrides, why) => {
  const flowId = await installWith(overrides);
  const { diagnosis } = await diagnose(await install.session(), flowId);
  expect(diagnosis.resume).toMatchObject({ decision: 'nothing', why });
  expect(diagnosis.processed.find(({ phase }) => phase === 'field_mapping')?.state).toBe('COMPLETE_UNAPPROVED');
});

const ELSEWHERE = { client_account_id: '0a8b7c6d-1111-4222-8333-944445555666' };

test.each<[name: string, overrides: Overrides, obstacle: string]>([
  [
    'no mappings',
    but(PAUSED, { child: { field_mappings: null }, master: { flow_persistence_data: {} } }),
    'there are no field mappings',
  ],
  [
    'an import of another tenant',
    but(PAUSED, { import: ELSEWHERE, rawRecords: ELSEWHERE }),
    "another tenant's records stand in it (tenant-differs)",
  ],
  [
    'raw records of another tenant',
    but(PAUSED, { rawRecords: ELSEWHERE }),
    "another tenant's records stand in it (raw-records-other-tenant)",
  ],
  [
    'no import that may be linked',
    but(PAUSED, { import: { ...ELSEWHERE, master_flow_id: null }, child: { data_import_id: null } }),
    'no data import is linked to the flow',
  ],
])('%s: it is not carried on, though a call would', async (_, overrides, obstacle) => {
  const flowId = await installWith(overrides);
  const { diagnosis } = await diagnose(await install.session(), flowId);
  expect(diagnosis.resume).toMatchObject({ decision: 'continue', possible: false, obstacle, dataComplete: false });
  expect(diagnosis.resume.calls.map(({ now }) => now.effect)).toContain('processes');
  expect(diagnosis.recommended.map(({ action }) => action)).not.toContain('resume');
  const api = await answering(200, '{}');
  expect(await resumeOn(api.url, flowId)).toMatchObject({ kind: 'not resumable', why: obstacle });
  expect(api.asked).toEqual([]);
});

test('an import that a person has to pick: it is carried on after that, not before', async () => {
  const flowId = await installWith(but(WAITING, { import: { master_flow_id: null }, child: { data_import_id: null } }));
  const { diagnosis } = await diagnose(await install.session(), flowId);
  expect(diagnosis.resume).toMatchObject({ decision: 'approve', possible: true, repairFirst: true, obstacle: null });
  expect(diagnosis.recommended.map(({ action }) => action)).toEqual(['choose', 'resume']);
  const api = await answering(200, '{}');
  expect(await resumeOn(api.url, flowId)).toMatchObject({
    kind: 'not resumable',
    why: 'no data import is linked to the flow',
    next: `Repair it first: flowmend apply ${flowId}`,
  });
  expect(api.asked).toEqual([]);
});

test('a flow that changed since the call was shown: nothing is sent', async () => {
  const flowId = await installWith(WAITING);
  const api = await answering(200, '{"success": true}');
  const session = await install.session({ FLOWMEND_API_URL: api.url });
  const shown = await diagnose(session, flowId);
  await install.query(`update migration.discovery_flows set field_mappings = '{"a": "b"}'`);
  expect(await resume(session, shown)).toMatchObject({
    kind: 'not resumable',
    why: 'the flow changed since this call was shown; nothing was sent',
  });
  expect(api.asked).toEqual([]);
});
