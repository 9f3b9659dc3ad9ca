import { createHash } from 'node:crypto';
import { discovery } from '../flow/discovery.ts';
import type { FlowRows } from './flow-rows.ts';
import type { InstallVariant } from './install-schema.ts';

/** The ways in which the demo breaks a flow, as they were seen in real installs. */
type Break =
  | 'child running'
  | 'master initialized'
  | 'import unlinked'
  | 'import undecided'
  /** The child names its master by the other key: code that confuses the two wrote it, and no foreign key refused it. */
  | 'master by its id'
  /** By a backfill that took any flow created within an hour of the import. */
  | 'import of the flow before'
  | 'raw records unlinked'
  | 'mappings in child only'
  | 'mappings in master only'
  | 'mappings an array'
  | 'progress 0';

interface Spec {
  /** Phases complete, 0 to 6. */
  readonly done: number;
  readonly status: string;
  readonly times: number;
  readonly breaks?: readonly Break[];
  /** Older rows call the second phase by its old name. */
  readonly oldPhaseName?: boolean;
}

/** 40 flows: 20 that are well, 20 that broke. */
const FLEET: readonly Spec[] = [
  { done: 6, status: 'completed', times: 9 },
  { done: 0, status: 'processing', times: 2 },
  { done: 2, status: 'processing', times: 3 },
  // The flow before it has two imports by that.
  { done: 2, status: 'processing', times: 1, breaks: ['import of the flow before'] },
  { done: 3, status: 'running', times: 1, breaks: ['raw records unlinked'] },
  { done: 3, status: 'running', times: 1, breaks: ['master by its id'] },
  { done: 3, status: 'running', times: 1 },
  { done: 4, status: 'active', times: 2 },
  { done: 5, status: 'paused', times: 1 },
  { done: 3, status: 'failed', times: 2 },
  { done: 2, status: 'cancelled', times: 1 },
  { done: 1, status: 'waiting_for_approval', times: 3 },
  { done: 1, status: 'processing', times: 1, breaks: ['child running'] },
  { done: 1, status: 'running', times: 1, breaks: ['child running', 'master initialized'], oldPhaseName: true },
  { done: 1, status: 'waiting_for_approval', times: 1, breaks: ['master initialized'] },
  { done: 2, status: 'processing', times: 2, breaks: ['import unlinked'] },
  { done: 3, status: 'running', times: 1, breaks: ['import undecided'] },
  { done: 1, status: 'waiting_for_approval', times: 1, breaks: ['mappings in child only'] },
  { done: 1, status: 'waiting_for_approval', times: 1, breaks: ['mappings in master only'] },
  { done: 2, status: 'processing', times: 1, breaks: ['mappings an array'] },
  { done: 4, status: 'active', times: 2, breaks: ['progress 0'] },
  { done: 2, status: 'paused', times: 1, breaks: ['master initialized', 'progress 0'] },
  {
    done: 1,
    status: 'active',
    times: 1,
    breaks: ['child running', 'master initialized', 'import unlinked', 'progress 0'],
  },
];

const RAW_RECORDS = 5;

/** The 40 flows beside the stuck one. The same every time, but for `now`, which their time stamps count back from. */
export function fleet(variant: InstallVariant, now: Date): FlowRows[] {
  const specs = FLEET.flatMap((spec) => Array.from({ length: spec.times }, () => spec));
  return specs.map((spec, index) => flowOf(spec, index, variant, now));
}

function flowOf(spec: Spec, index: number, variant: InstallVariant, now: Date): FlowRows {
  const broken = (how: Break) => spec.breaks?.includes(how) ?? false;
  const id = (what: string) => uuidOf(`${what} ${index}`);
  const flowId = id('flow');
  const masterId = id('master');
  const importId = id('import');
  // Beside the flow before it: in its tenant, and created half an hour from it.
  const beside = broken('import of the flow before');
  const place = (beside ? index - 1 : index) % 3;
  const tenant = { client_account_id: uuidOf(`client ${place}`), engagement_id: uuidOf(`engagement ${place}`) };
  const created = new Date(now.getTime() - (index + 2) * 5_400_000 + (beside ? 3_600_000 : 0)).toISOString();
  const updated = new Date(now.getTime() - (index + 1) * 1_200_000).toISOString();
  const times = { created_at: created, updated_at: updated };
  const mappings =
    spec.done >= 1 ? { hostname: { target: 'hostname', confidence: 0.9 }, owner: 'business_owner' } : null;
  const link = linkOf(variant, spec, index);
  const phase = discovery.phases[Math.min(spec.done, 5)];
  const dataImport = (key: string) => ({
    id: key,
    ...tenant,
    master_flow_id: link.import,
    import_name: `inventory-${index + 1}.csv`,
    import_type: 'servers',
    filename: `inventory-${index + 1}.csv`,
    status: 'completed',
    progress_percentage: 100,
    total_records: RAW_RECORDS,
    imported_by: uuidOf('user'),
    ...times,
  });
  return {
    master: {
      id: masterId,
      flow_id: flowId,
      ...tenant,
      user_id: uuidOf('user'),
      flow_type: 'discovery',
      flow_name: `Inventory ${index + 1}`,
      flow_status: broken('master initialized') ? 'initialized' : masterStatus(spec.status, variant),
      flow_configuration: {},
      flow_persistence_data: {
        current_phase: phase?.name,
        ...(mappings && !broken('mappings in child only') ? { field_mappings: mappings } : {}),
      },
      phase_transitions: [],
      error_history: [],
      retry_count: 0,
      child_flow_ids: [],
      phase_execution_times: {},
      ...times,
    },
    imports: broken('import undecided')
      ? [dataImport(importId), dataImport(id('second import'))]
      : [dataImport(importId)],
    child: {
      id: id('child'),
      flow_id: flowId,
      // Many installs leave it null; the flow id is the same.
      master_flow_id: broken('master by its id') ? masterId : index % 4 === 0 ? null : flowId,
      ...tenant,
      user_id: uuidOf('user'),
      data_import_id: broken('import undecided') ? null : importId,
      flow_name: `Inventory ${index + 1}`,
      status: spec.status,
      progress_percentage: broken('progress 0') ? 0 : Math.round((spec.done * 1000) / 6) / 10,
      ...Object.fromEntries(discovery.phases.map(({ flag }, position) => [flag, position < spec.done])),
      current_phase: spec.oldPhaseName ? (phase?.aliases[0] ?? phase?.name) : phase?.name,
      field_mappings: childMappings(mappings, broken),
      completed_at: spec.status === 'completed' ? updated : null,
      error_message: spec.status === 'failed' ? 'The crew gave up after three attempts' : null,
      ...times,
    },
    rawRecords: Array.from({ length: RAW_RECORDS }, (_, row) => ({
      id: id(`raw ${row}`),
      data_import_id: importId,
      ...tenant,
      master_flow_id: broken('raw records unlinked') ? null : link.rawRecords,
      row_number: row + 1,
      raw_data: { hostname: `host-${index}-${row}`, owner: `team-${row}` },
      created_at: created,
    })),
  };
}

/** The keys by which the import and its raw records name the master. */
function linkOf({ linkTarget }: InstallVariant, { breaks = [] }: Spec, index: number) {
  const keyOf = (place: number) => uuidOf(`${linkTarget === 'id' ? 'master' : 'flow'} ${place}`);
  if (breaks.includes('import unlinked') || breaks.includes('import undecided')) {
    return { import: null, rawRecords: null };
  }
  const owner = keyOf(breaks.includes('import of the flow before') ? index - 1 : index);
  return { import: owner, rawRecords: owner };
}

function childMappings(mappings: object | null, broken: (how: Break) => boolean): unknown {
  if (broken('mappings in master only')) return null;
  return broken('mappings an array') ? [mappings] : mappings;
}

function masterStatus(childStatus: string, { statusCheck }: InstallVariant): string {
  const inStep = discovery.masterStatus.match[childStatus] ?? [childStatus];
  // The CHECK of newer installs does not take `running`.
  return (statusCheck ? inStep.find((status) => status !== 'running') : inStep[0]) ?? childStatus;
}

/** A uuid (version 4 in form) that is the same for the same name. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`flowmend demo ${name}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
