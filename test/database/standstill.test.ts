import { afterEach, describe, expect, test } from 'vitest';
import type { FlowRows } from '../../shared/demo/flow-rows.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { resume } from '../../shared/resume/resume.ts';
import { standingIn } from '../../shared/resume/watch.ts';
import { but, complete, flow, type Overrides, WAITING } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
afterEach(() => install.close());

async function diagnosed(overrides: Overrides, more: (rows: FlowRows) => Partial<FlowRows> = () => ({})) {
  let flowId = '';
  install = await makeInstall('PostgreSQL', (variant) => {
    const rows = flow(variant, overrides);
    flowId = rows.flowId;
    return [{ ...rows, ...more(rows) }];
  });
  const session = await install.session({ FLOWMEND_API_URL: await install.startApi() });
  return { session, flowId, ...(await diagnose(session, flowId)) };
}

const steps = ({ recommended }: Diagnosis) => recommended.map(({ action, text }) => `${action}: ${text}`);
const EMPTY = { child: { field_mappings: null }, master: { flow_persistence_data: {} } };
const PAUSED = { child: { status: 'paused' }, master: { flow_status: 'paused' } };

describe('a flow whose records agree and that goes on nowhere: the headline says so, and what a person has to see to', () => {
  test('it failed', async () => {
    const { diagnosis } = await diagnosed({
      child: { status: 'failed', error_message: 'boom' },
      master: { flow_status: 'failed' },
    });
    expect(diagnosis.headline).toBe('its records agree; the flow failed: boom');
  });

  test('it waits, and there is nothing to approve', async () => {
    const { diagnosis } = await diagnosed(but(WAITING, EMPTY));
    expect(diagnosis.headline).toBe('its records agree; there are no field mappings to approve');
    expect(steps(diagnosis)).toEqual([
      'look: have the platform make the mappings again: there are no field mappings to approve',
    ]);
  });

  test('it is paused before its data is there', async () => {
    const { diagnosis } = await diagnosed({
      child: { ...complete(0), status: 'paused', field_mappings: null },
      master: { flow_status: 'paused', flow_persistence_data: {} },
    });
    expect(steps(diagnosis)).toEqual([
      'look: start it again from the platform: data_import_completed is false: there is nothing to continue from',
    ]);
  });

  test('it waits for an approval, and its import is empty', async () => {
    const { diagnosis } = await diagnosed(but(WAITING, { import: { total_records: 0 } }), () => ({ rawRecords: [] }));
    expect(diagnosis.resume).toMatchObject({ possible: false, obstacle: 'the linked import has no raw records' });
    expect(steps(diagnosis)).toEqual([
      'look: do not resume it before this is mended: the linked import has no raw records',
    ]);
    expect(diagnosis.persisted).toContainEqual(expect.objectContaining({ what: 'raw data', state: 'no' }));
  });

  test('it is called running, and cannot', async () => {
    const { diagnosis } = await diagnosed({ import: { total_records: 0 } }, () => ({ rawRecords: [] }));
    const why = 'its status says that the platform works on it (processing), but the linked import has no raw records';
    expect([diagnosis.headline, diagnosis.resume.why]).toEqual([`its records agree; ${why}`, why]);
  });
});

test('phases out of order: nothing is carried on into what is complete', async () => {
  const { diagnosis } = await diagnosed(but(WAITING, { child: { data_cleansing_completed: true } }));
  expect(diagnosis.findings.map(({ rule }) => rule)).toContain('flags-out-of-order');
  expect(diagnosis.resume).toMatchObject({ decision: 'nothing', possible: false });
  expect(diagnosis.recommended.map(({ action }) => action)).not.toContain('resume');
});

test('a paused flow under the old name of its phase: the rename is what gets it to move', async () => {
  const { diagnosis } = await diagnosed(but(but(WAITING, PAUSED), { child: { current_phase: 'attribute_mapping' } }));
  expect(diagnosis.resume.possible).toBe(false);
  expect(diagnosis.recommended).toContainEqual(
    expect.objectContaining({ action: 'choose', rule: 'phase-legacy-name' }),
  );
});

test('a choice that says what goes on comes before resuming', async () => {
  const { diagnosis, session, facts } = await diagnosed(
    but(WAITING, { master: { flow_persistence_data: { field_mappings: { hostname: 'other' } } } }),
  );
  expect(diagnosis.resume).toMatchObject({ possible: true, repairFirst: true });
  expect(await resume(session, { facts })).toMatchObject({
    kind: 'not resumable',
    why: 'a person has to choose first (mappings-differ)',
  });
});

test('a flow that names no current phase stands in the one that is open', async () => {
  const { facts } = await diagnosed(but(WAITING, { child: { current_phase: null } }));
  expect([facts.row.phase, standingIn(facts.row)]).toEqual([null, 'field_mapping']);
});

test('a master named by its own id: what that hides is uncovered by the first repair and mended by the second', async () => {
  const { diagnosis, session, flowId, facts } = await diagnosed(
    { master: { flow_status: 'initialized' }, import: { master_flow_id: null } },
    (rows) => ({ child: { ...rows.child, master_flow_id: rows.master?.id } }),
  );
  expect(diagnosis.findings.map(({ rule }) => rule)).toEqual(['master-missing']);
  const agreed = { createJournal: true };
  expect(await apply(session, planRepair(session, facts), agreed)).toMatchObject({ kind: 'applied' });
  const uncovered = await diagnose(session, flowId);
  expect(uncovered.diagnosis.findings.map(({ rule }) => rule).sort()).toEqual([
    'import-unlinked',
    'master-status-out-of-step',
  ]);
  expect(await apply(session, planRepair(session, uncovered.facts), agreed)).toMatchObject({ kind: 'applied' });
  expect((await diagnose(session, flowId)).diagnosis.findings).toEqual([]);
});

test('what a person rejected is not approved by a resume: it is said, and nothing is sent', async () => {
  const { diagnosis, session, facts } = await diagnosed(WAITING, (rows) => ({
    mappingRows: ['hostname', 'owner'].map((source) => ({
      data_import_id: rows.imports[0]?.id,
      client_account_id: rows.child?.client_account_id,
      source_field: source,
      target_field: source === 'owner' ? 'business_owner' : 'hostname',
      match_type: 'direct',
      status: source === 'owner' ? 'rejected' : 'approved',
    })),
  }));
  const why = '1 mapping that a person rejected stands in it: owner';
  expect(diagnosis.resume).toMatchObject({ decision: 'approve', possible: false, obstacle: why });
  expect(diagnosis.gaps).toContainEqual(expect.objectContaining({ kind: 'contradiction', what: why }));
  expect(await resume(session, { facts })).toMatchObject({ kind: 'not resumable', why });
});

test('the error text of a flow that waits is told, without credentials', async () => {
  const error_message = 'crew crashed on row 17, postgres://u:hunter2@host/db';
  const { diagnosis } = await diagnosed(but(PAUSED, { child: { error_message } }));
  expect(diagnosis.records[0]?.values.error_message).toMatch(/^crew crashed on row 17, /);
  expect(JSON.stringify(diagnosis)).not.toContain('hunter2');
});
