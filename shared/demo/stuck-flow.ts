import type { FlowRows } from './flow-rows.ts';
import type { InstallVariant } from './install-schema.ts';

/** The flow that the project was made for: its records drifted apart and nobody was asked to approve its mappings. */
export const STUCK_FLOW_ID = '1e640262-4332-4087-ac4e-1674b08cd8f2';
export const STUCK_IMPORT_ID = 'b7f2c0de-51a4-4c1e-9a64-3f0d2a7c9e15';

const CLIENT = '11111111-1111-4111-8111-111111111111';
const ENGAGEMENT = '22222222-2222-4222-8222-222222222222';
const USER = '33333333-3333-4333-8333-333333333333';

/** 13 mappings: nine sure, three so-so, one doubtful. */
export const STUCK_MAPPINGS = {
  'Asset Name': { target: 'name', confidence: 0.98 },
  'Asset Type': { target: 'asset_type', confidence: 0.95 },
  Hostname: { target: 'hostname', confidence: 0.97 },
  'IP Address': { target: 'ip_address', confidence: 0.96 },
  'Operating System': { target: 'operating_system', confidence: 0.94 },
  'OS Version': { target: 'os_version', confidence: 0.91 },
  'CPU Cores': { target: 'cpu_cores', confidence: 0.93 },
  'RAM (GB)': { target: 'memory_gb', confidence: 0.92 },
  'Storage (GB)': { target: 'storage_gb', confidence: 0.88 },
  Environment: { target: 'environment', confidence: 0.74 },
  'Business Owner': { target: 'business_owner', confidence: 0.66 },
  Location: { target: 'location', confidence: 0.58 },
  Notes: { target: 'description', confidence: 0.41 },
  confidence_scores: { average: 0.84 },
};

const RAW_RECORDS = 23;

export function stuckFlow(variant: InstallVariant): FlowRows {
  const masterStatus = variant.statusCheck ? 'initialized' : 'initialization';
  return {
    master: {
      id: '4d0c6e0a-9f55-4b39-8f0e-6a1f2b3c4d5e',
      flow_id: STUCK_FLOW_ID,
      client_account_id: CLIENT,
      engagement_id: ENGAGEMENT,
      user_id: USER,
      flow_type: 'discovery',
      flow_name: `Discovery Import ${STUCK_IMPORT_ID}`,
      flow_status: masterStatus,
      flow_configuration: {},
      flow_persistence_data: { current_phase: 'attribute_mapping', field_mappings: STUCK_MAPPINGS },
      phase_transitions: [{ from: null, to: 'data_import', at: '2025-07-05T17:38:02Z' }],
      error_history: [],
      retry_count: 0,
      child_flow_ids: [],
      phase_execution_times: {},
      created_at: '2025-07-05T17:37:58Z',
      updated_at: '2025-07-05T17:41:19Z',
    },
    imports: [
      {
        id: STUCK_IMPORT_ID,
        client_account_id: CLIENT,
        engagement_id: ENGAGEMENT,
        master_flow_id: null,
        import_name: 'servers-2025-07.csv',
        import_type: 'servers',
        filename: 'servers-2025-07.csv',
        file_size: 6841,
        source_system: 'csv',
        status: 'discovery_initiated',
        progress_percentage: 100,
        total_records: RAW_RECORDS,
        processed_records: RAW_RECORDS,
        failed_records: 0,
        imported_by: USER,
        created_at: '2025-07-05T17:37:41Z',
        updated_at: '2025-07-05T17:38:05Z',
      },
    ],
    child: {
      id: '9a3b5c7d-2e4f-4a6b-8c0d-1e2f3a4b5c6d',
      flow_id: STUCK_FLOW_ID,
      master_flow_id: STUCK_FLOW_ID,
      client_account_id: CLIENT,
      engagement_id: ENGAGEMENT,
      user_id: USER,
      data_import_id: null,
      flow_name: `Discovery Import ${STUCK_IMPORT_ID}`,
      status: 'running',
      progress_percentage: 0,
      data_import_completed: true,
      current_phase: 'attribute_mapping',
      field_mappings: STUCK_MAPPINGS,
      created_at: '2025-07-05T17:37:58Z',
      updated_at: '2025-07-05T17:41:20Z',
    },
    rawRecords: Array.from({ length: RAW_RECORDS }, (_, index) => ({
      data_import_id: STUCK_IMPORT_ID,
      client_account_id: CLIENT,
      engagement_id: ENGAGEMENT,
      row_number: index + 1,
      raw_data: rawRecord(index),
      created_at: '2025-07-05T17:37:45Z',
      id: `c0ffee00-0000-4000-8000-${String(index).padStart(12, '0')}`,
    })),
  };
}

function rawRecord(index: number): Record<string, string> {
  return {
    'Asset Name': `srv-${String(index + 1).padStart(3, '0')}`,
    'Asset Type': index % 4 === 0 ? 'Database' : 'Server',
    Hostname: `srv-${index + 1}.example.test`,
    'IP Address': `192.0.2.${index + 10}`,
    'Operating System': index % 2 === 0 ? 'Linux' : 'Windows Server',
    'OS Version': index % 2 === 0 ? '9' : '2019',
    'CPU Cores': String(2 + (index % 4) * 2),
    'RAM (GB)': String(8 * (1 + (index % 3))),
    'Storage (GB)': String(100 + index * 10),
    Environment: index % 3 === 0 ? 'Production' : 'Test',
    'Business Owner': `Team ${(index % 5) + 1}`,
    Location: index % 2 === 0 ? 'Frankfurt' : 'Dublin',
    Notes: '',
  };
}
