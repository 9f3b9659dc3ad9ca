/** How installs of the platform differ in what Flowmend has to get right. */
export interface InstallVariant {
  readonly schema: string;
  /** Where `data_imports.master_flow_id` points; `none`: no foreign key. */
  readonly linkTarget: 'id' | 'flow_id' | 'none';
  /** Newer installs CHECK the master's status and type. */
  readonly statusCheck: boolean;
  /** `jsonb` where the type of most installs is `json`, and the other way round. */
  readonly swapsJson?: true;
  /** Without the tables that Flowmend can do without. */
  readonly lacksOptionalTables?: true;
  /** With assessment flows beside the discovery flows. */
  readonly assessments?: true;
}

/** The older kind of install, as the stuck flow was found on. */
export const olderInstall: InstallVariant = { schema: 'migration', linkTarget: 'id', statusCheck: false };

const MASTER_STATUSES =
  "'initialized','active','processing','paused','completed','failed','cancelled','waiting_for_approval'";
const MASTER_TYPES =
  "'discovery','assessment','planning','execution','modernize','finops','observability','decommission'";

/** The tables of the platform that a discovery flow lives in, written from its documented shape. */
export function installSchema(variant: InstallVariant): string {
  const { schema, linkTarget, statusCheck } = variant;
  const json = variant.swapsJson ? 'jsonb' : 'json';
  const jsonb = variant.swapsJson ? 'json' : 'jsonb';
  const link =
    linkTarget === 'none' ? '' : `references ${schema}.crewai_flow_state_extensions (${linkTarget}) on delete cascade`;
  const checks = statusCheck
    ? `, constraint valid_flow_status check (flow_status in (${MASTER_STATUSES}))
       , constraint valid_flow_type check (flow_type in (${MASTER_TYPES}))`
    : '';
  return `
    create schema if not exists ${schema};

    create table ${schema}.crewai_flow_state_extensions (
      id uuid primary key default gen_random_uuid(),
      flow_id uuid not null unique,
      client_account_id uuid not null,
      engagement_id uuid not null,
      user_id varchar(255) not null,
      flow_type varchar(50) not null,
      flow_name varchar(255),
      flow_status varchar(50) not null default 'initialized',
      flow_configuration jsonb not null default '{}',
      flow_persistence_data ${jsonb} not null default '{}',
      phase_transitions jsonb not null default '[]',
      error_history jsonb not null default '[]',
      retry_count integer not null default 0 check (retry_count >= 0),
      parent_flow_id uuid references ${schema}.crewai_flow_state_extensions (flow_id) on delete set null,
      child_flow_ids jsonb not null default '[]',
      phase_execution_times jsonb not null default '{}',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()${checks}
    );

    create table ${schema}.data_imports (
      id uuid primary key default gen_random_uuid(),
      client_account_id uuid,
      engagement_id uuid,
      master_flow_id uuid ${link},
      import_name varchar(255) not null,
      import_type varchar(50) not null,
      filename varchar(255) not null,
      file_size integer,
      source_system varchar(100),
      status varchar(20) not null default 'pending',
      progress_percentage float8 not null default 0,
      total_records integer,
      processed_records integer,
      failed_records integer,
      imported_by uuid not null,
      error_message text,
      error_details json,
      started_at timestamptz,
      completed_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    create table ${schema}.discovery_flows (
      id uuid primary key default gen_random_uuid(),
      flow_id uuid not null unique,
      master_flow_id uuid,
      client_account_id uuid not null,
      engagement_id uuid not null,
      user_id varchar not null,
      data_import_id uuid references ${schema}.data_imports (id),
      flow_name varchar(255) not null,
      status varchar(20) not null default 'active',
      progress_percentage float8 not null default 0,
      data_import_completed boolean not null default false,
      field_mapping_completed boolean not null default false,
      data_cleansing_completed boolean not null default false,
      asset_inventory_completed boolean not null default false,
      dependency_analysis_completed boolean not null default false,
      tech_debt_assessment_completed boolean not null default false,
      current_phase varchar(100),
      field_mappings ${json},
      phase_state jsonb not null default '{}',
      agent_state jsonb not null default '{}',
      crewai_state_data jsonb not null default '{}',
      phases_completed json,
      flow_state json,
      crew_outputs json,
      discovered_assets json,
      dependencies json,
      tech_debt_analysis json,
      error_message text,
      error_phase varchar(100),
      error_details json,
      learning_scope varchar(50) not null default 'engagement',
      memory_isolation_level varchar(20) not null default 'strict',
      assessment_ready boolean not null default false,
      flow_type varchar(100) not null default 'unified_discovery',
      crewai_persistence_id uuid,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      completed_at timestamptz
    );
    ${variant.lacksOptionalTables ? '' : optionalTables(schema, link)}
    ${variant.assessments ? assessmentTable(schema, jsonb) : ''}`;
}

function optionalTables(schema: string, link: string): string {
  return `
    create table ${schema}.raw_import_records (
      id uuid primary key default gen_random_uuid(),
      data_import_id uuid not null references ${schema}.data_imports (id) on delete cascade,
      client_account_id uuid,
      engagement_id uuid,
      master_flow_id uuid ${link},
      row_number integer not null,
      raw_data json not null,
      cleansed_data json,
      validation_errors json,
      processing_notes text,
      is_processed boolean default false,
      is_valid boolean default true,
      asset_id uuid,
      created_at timestamptz not null default now(),
      processed_at timestamptz
    );
    create index on ${schema}.raw_import_records (data_import_id);

    create table ${schema}.import_field_mappings (
      id uuid primary key default gen_random_uuid(),
      data_import_id uuid not null references ${schema}.data_imports (id),
      client_account_id uuid not null,
      master_flow_id uuid ${link},
      source_field varchar(255) not null,
      target_field varchar(255) not null,
      match_type varchar(50) not null,
      confidence_score float8,
      status varchar(20) default 'suggested',
      suggested_by varchar(50) default 'ai_mapper',
      approved_by varchar(255),
      approved_at timestamptz,
      transformation_rules json,
      created_at timestamptz not null default now(),
      updated_at timestamptz
    );`;
}

function assessmentTable(schema: string, jsonb: string): string {
  return `
    create table ${schema}.assessment_flows (
      id uuid primary key default gen_random_uuid(),
      flow_id uuid not null unique,
      master_flow_id uuid,
      client_account_id uuid not null,
      engagement_id uuid not null,
      user_id varchar not null,
      flow_name varchar(255) not null,
      status varchar(50) not null default 'initialized',
      progress integer not null default 0 check (progress between 0 and 100),
      current_phase varchar(100),
      next_phase varchar(100),
      pause_points jsonb not null default '[]',
      user_inputs jsonb not null default '{}',
      phase_results ${jsonb} not null default '{}',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      completed_at timestamptz
    );`;
}
