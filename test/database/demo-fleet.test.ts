import { afterAll, beforeAll, expect, test } from 'vitest';
import { fleet } from '../../shared/demo/fleet.ts';
import { olderInstall } from '../../shared/demo/install-schema.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { type Install, makeInstall } from '../support/install.ts';

let install: Install;
beforeAll(async () => {
  install = await makeInstall('PostgreSQL', (variant) => fleet(variant, new Date()));
});
afterAll(() => install.close());

test('40 flows of both kinds, broken in every way that was seen in real installs', async () => {
  const { totals, flows } = await scan(await install.session(), { reach: 'every flow' });
  expect(totals).toMatchObject({ flows: 40, healthy: 20 });
  const rules = new Set(flows.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
  expect([...rules]).toEqual(
    expect.arrayContaining([
      'child-status-should-wait',
      'master-status-out-of-step',
      'import-unlinked',
      'master-missing',
      'import-linked-elsewhere',
      'several-imports',
      'raw-records-unlinked',
      'mappings-one-sided',
      'mappings-not-an-object',
      'progress-out-of-step',
    ]),
  );
});

test('an import is linked to another flow of its tenant that was created within an hour of it', async () => {
  const { schema } = olderInstall;
  const rows = await install.query(`
    select abs(extract(epoch from i.created_at - other.created_at)) < 3600 as within_an_hour,
      (select count(*)::int from ${schema}.data_imports x where x.master_flow_id = i.master_flow_id) as imports
    from ${schema}.discovery_flows c join ${schema}.data_imports i on i.id = c.data_import_id
    join ${schema}.crewai_flow_state_extensions m on m.id = i.master_flow_id
    join ${schema}.discovery_flows other on other.flow_id = m.flow_id and other.client_account_id = c.client_account_id
    where m.flow_id <> c.flow_id`);
  expect(rows).toEqual([{ within_an_hour: true, imports: 2 }]);
});

test('children without a link to their master', async () => {
  const [row] = await install.query(
    `select count(*)::int from ${olderInstall.schema}.discovery_flows where master_flow_id is null`,
  );
  expect(row).toEqual({ count: 9 });
});
