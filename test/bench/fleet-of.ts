import type pg from 'pg';
import { installSchema, olderInstall } from '../../shared/demo/install-schema.ts';

export interface Shares {
  /** One flow in so many has not ended. */
  readonly open: number;
  /** One flow in so many is broken: it is open, its master never left `initialized`, every other one is not linked. */
  readonly broken: number;
}

/** An install of some age: nearly all of its flows have ended, and nearly all of those are well. */
export const AGED: Shares = { open: 100, broken: 200 };

/** Fills a database with flows, masters and imports, set-based, and gathers statistics as autovacuum would. */
export async function makeFleetOf(client: pg.Client, flows: number, { open, broken }: Shares = AGED): Promise<void> {
  const { schema } = olderInstall;
  await client.query(installSchema(olderInstall));
  await client.query(`
    create temp table seed as
      select g, gen_random_uuid() as flow_id, gen_random_uuid() as master_id, gen_random_uuid() as import_id,
        md5('client ' || g % 100)::uuid as tenant,
        case when g % ${open} = 0 then g / ${open} % 6 else 6 end as done, g % ${broken} = 0 as broken
      from generate_series(1, ${flows}) g`);
  await client.query(`
    insert into ${schema}.crewai_flow_state_extensions
      (id, flow_id, client_account_id, engagement_id, user_id, flow_type, flow_status, flow_persistence_data)
    select master_id, flow_id, tenant, tenant, 'bench', 'discovery',
      case when broken then 'initialized' when done = 6 then 'completed' when done = 1 then 'waiting_for_approval'
        else 'processing' end,
      case when done = 0 then '{}' else '{"field_mappings": {"a": "b", "c": "d"}}' end::jsonb
    from seed`);
  await client.query(`
    insert into ${schema}.data_imports
      (id, client_account_id, engagement_id, master_flow_id, import_name, import_type, filename, imported_by)
    select import_id, tenant, tenant, case when not broken or g % ${broken * 2} = 0 then master_id end, 'x', 'x', 'x', tenant
    from seed`);
  await client.query(`
    insert into ${schema}.discovery_flows
      (flow_id, master_flow_id, client_account_id, engagement_id, user_id, data_import_id, flow_name, status,
       progress_percentage, data_import_completed, field_mapping_completed, data_cleansing_completed,
       asset_inventory_completed, dependency_analysis_completed, tech_debt_assessment_completed, completed_at,
       current_phase, field_mappings)
    select flow_id, flow_id, tenant, tenant, 'bench', import_id, 'Inventory ' || g,
      case when done = 6 then 'completed' when done = 1 then 'waiting_for_approval' else 'processing' end, round(done * 100.0 / 6, 1),
      done > 0, done > 1, done > 2, done > 3, done > 4, done > 5, case when done = 6 then now() end,
      (array['data_import', 'field_mapping', 'data_cleansing', 'asset_inventory', 'dependency_analysis',
        'tech_debt_assessment'])[least(done + 1, 6)],
      case when done > 0 then '{"a": "b", "c": "d"}'::json end
    from seed`);
  // The link that the platform looks its data up by.
  await client.query(`create index on ${schema}.data_imports (master_flow_id)`);
  await client.query('vacuum (analyze)');
}
