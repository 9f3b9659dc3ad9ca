import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { FlowRows } from '../../shared/demo/flow-rows.ts';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { scanFlows } from '../../shared/diagnose/scan/scan-flows.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { complete, flow, hoursAgo, type Overrides } from '../support/flow.ts';
import { type Install, makeInstall } from '../support/install.ts';

/** Only an install without the foreign key can hold the wrong one of the two keys; the others refuse it. */
const variant: InstallVariant = { schema: 'public', linkTarget: 'none', statusCheck: true };
let install: Install;
afterEach(() => install.close());

/** A flow that names no import and has one by the master's own id. */
async function installWith(overrides: Overrides = {}, more: (rows: FlowRows) => FlowRows = (rows) => rows) {
  const masterId = randomUUID();
  const rows = flow(variant, {
    master: { id: masterId, ...overrides.master },
    child: { data_import_id: null, ...overrides.child },
    import: { master_flow_id: masterId, ...overrides.import },
  });
  install = await makeInstall('PostgreSQL', () => [more(rows)], variant);
  const session = await install.session();
  return { session, ...rows, ...(await diagnose(session, rows.flowId)) };
}

const importUnlinked = ({ recommended }: { recommended: readonly { rule: string | null; action: string }[] }) =>
  recommended.find(({ rule }) => rule === 'import-unlinked')?.action;

test('it is found by a scan of what changed, though the flow itself was not written', async () => {
  const { session, flowId } = await installWith({
    child: { ...complete(0), field_mappings: null, status: 'initialized' },
    master: { flow_status: 'initialized', flow_persistence_data: {} },
  });
  await install.query('update discovery_flows set updated_at = $1', [hoursAgo(10)]);
  await install.query('update crewai_flow_state_extensions set updated_at = $1', [hoursAgo(10)]);
  const found: string[] = [];
  for await (const passed of scanFlows(session, { changedSince: hoursAgo(1) })) {
    if (passed.kind === 'flow') found.push(`${passed.flow.flowId} ${passed.flow.rules.join()}`);
  }
  expect(found).toEqual([`${flowId} import-unlinked`]);
});

test('it is among the candidates, however many others are near', async () => {
  const { diagnosis, importId } = await installWith({}, (rows) => ({
    ...rows,
    imports: [
      ...rows.imports,
      ...Array.from({ length: 25 }, () => ({
        ...rows.imports[0],
        id: randomUUID(),
        master_flow_id: null,
        created_at: new Date(Date.parse(String(rows.imports[0]?.created_at)) - 60_000).toISOString(),
      })),
    ],
  }));
  expect(diagnosis.import?.candidates.map(({ id }) => id)).toContain(importId);
});

test('it is not decisive where the flow names another, though that one is not there', async () => {
  const { diagnosis } = await installWith({ child: { flow_name: `Discovery Import ${randomUUID()}` } });
  expect(importUnlinked(diagnosis)).toBe('choose');
  expect(diagnosis.import?.candidates[0]?.whyNotDecisive).toBe("the flow's name names another");
});

test('it is decisive where nothing speaks against it', async () => {
  expect(importUnlinked((await installWith()).diagnosis)).toBe('apply');
});
