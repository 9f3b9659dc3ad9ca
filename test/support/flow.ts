import { randomUUID } from 'node:crypto';
import type { FlowRows } from '../../shared/demo/flow-rows.ts';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { discovery } from '../../shared/flow/discovery.ts';

/*
 * The rows that tests begin with: a flow that is well, and what a test changes about it. An install puts them in a database.
 *
 *     const install = await makeInstall('PostgreSQL', (variant) => [
 *       flow(variant),                                                      // well: no finding
 *       flow(variant, { child: { progress_percentage: 0 } }),               // broken in one column
 *       flow(variant, but(WAITING, { master: { flow_status: 'failed' } })), // waits for an approval, and its master is wrong
 *       withImport(flow(variant), { import_name: 'again.csv' }),            // a second import is linked to it
 *     ]);
 *
 * Overrides go by record and column as stored; `complete(3)` are the columns of a child with three phases complete, and
 * `hoursAgo(30)` is a time. `flowId` and `importId` of what comes back say what to ask for.
 */

export interface Overrides {
  readonly child?: Record<string, unknown>;
  readonly master?: Record<string, unknown>;
  readonly import?: Record<string, unknown>;
  /** For each of its two raw records. */
  readonly rawRecords?: Record<string, unknown>;
  /** Rows of the table of suggested mappings. */
  readonly mappingRows?: readonly Record<string, unknown>[];
  /** Its id, where another column has to hold it too; default: any. */
  readonly flowId?: string;
  /** The same client and engagement for several flows. */
  readonly tenant?: string;
}

const { working, waiting, ended, failed, retired } = discovery.statuses;

/** The child's statuses by what they say, but for one word that is too long for its column. */
export const STATUSES = {
  working,
  waiting: waiting.filter((word) => word !== 'waiting_for_user_approval'),
  ended,
  failed,
  retired,
};

export const MAPPINGS = { hostname: { target: 'hostname', confidence: 0.9 }, owner: 'business_owner' };

/**
 * The rows of a flow that is well: import and mapping complete, cleansing under way, everything linked. Each call makes
 * another flow; overrides break it.
 */
export function flow(
  variant: InstallVariant,
  overrides: Overrides = {},
): FlowRows & { flowId: string; importId: string } {
  const flowId = overrides.flowId ?? randomUUID();
  const masterId = randomUUID();
  const importId = randomUUID();
  const tenant = {
    client_account_id: overrides.tenant ?? randomUUID(),
    engagement_id: overrides.tenant ?? randomUUID(),
  };
  const written = new Date(Date.now() - 600_000).toISOString();
  // Microseconds, as PostgreSQL keeps them: an undo has to give them back.
  const times = { created_at: written, updated_at: written.replace('Z', '456Z') };
  const link = variant.linkTarget === 'id' ? masterId : flowId;
  return {
    flowId,
    importId,
    master: {
      id: masterId,
      flow_id: flowId,
      ...tenant,
      user_id: 'someone',
      flow_type: 'discovery',
      flow_status: 'processing',
      flow_persistence_data: { current_phase: 'data_cleansing', field_mappings: MAPPINGS },
      ...times,
      ...overrides.master,
    },
    imports: [
      {
        id: importId,
        ...tenant,
        master_flow_id: link,
        import_name: 'servers.csv',
        import_type: 'servers',
        filename: 'servers.csv',
        status: 'completed',
        total_records: 2,
        imported_by: randomUUID(),
        ...times,
        ...overrides.import,
      },
    ],
    child: {
      id: randomUUID(),
      flow_id: flowId,
      master_flow_id: flowId,
      ...tenant,
      user_id: 'someone',
      data_import_id: importId,
      flow_name: 'Servers',
      status: 'processing',
      progress_percentage: 33.3,
      data_import_completed: true,
      field_mapping_completed: true,
      current_phase: 'data_cleansing',
      field_mappings: MAPPINGS,
      ...times,
      ...overrides.child,
    },
    rawRecords: [1, 2].map((row) => ({
      id: randomUUID(),
      data_import_id: importId,
      ...tenant,
      master_flow_id: link,
      row_number: row,
      raw_data: { hostname: `host-${row}`, owner: 'team' },
      ...overrides.rawRecords,
    })),
    mappingRows: (overrides.mappingRows ?? []).map((row) => ({
      id: randomUUID(),
      data_import_id: importId,
      client_account_id: tenant.client_account_id,
      match_type: 'direct',
      status: 'suggested',
      ...row,
    })),
  };
}

/** The same flow without its master: the child points to nothing, and nothing is linked. */
export function masterless(variant: InstallVariant, overrides: Overrides = {}): ReturnType<typeof flow> {
  const none = { master_flow_id: null };
  const rows = flow(variant, {
    ...overrides,
    child: { master_flow_id: randomUUID(), ...overrides.child },
    import: { ...none, ...overrides.import },
    rawRecords: { ...none, ...overrides.rawRecords },
  });
  return { ...rows, master: undefined };
}

/** The same flow with its import linked by the master's own id, which only an install without the foreign key can hold. */
export function byOtherKey(variant: InstallVariant, more: Overrides = {}): ReturnType<typeof flow> {
  const id = randomUUID();
  return flow(variant, but({ master: { id }, import: { master_flow_id: id } }, more));
}

/** The flow with another import like its own, but for these columns. */
export function withImport<Rows extends FlowRows>(rows: Rows, more: Record<string, unknown>): Rows {
  return { ...rows, imports: [...rows.imports, { ...rows.imports[0], id: randomUUID(), ...more }] };
}

/** Overrides for a flow that waits for its mappings to be approved, as it should look. */
export const WAITING: Overrides = {
  child: {
    status: 'waiting_for_approval',
    progress_percentage: 16.7,
    field_mapping_completed: false,
    current_phase: 'field_mapping',
  },
  master: { flow_status: 'waiting_for_approval' },
};

/** Overrides on top of overrides, record by record. */
export function but(base: Overrides, more: Overrides): Overrides {
  return {
    child: { ...base.child, ...more.child },
    master: { ...base.master, ...more.master },
    import: { ...base.import, ...more.import },
    rawRecords: { ...base.rawRecords, ...more.rawRecords },
  };
}

/** Overrides of the child for a flow in which the first so many phases are complete. */
export function complete(phases: number): Record<string, unknown> {
  const names = discovery.phases.map((phase) => phase.name);
  return {
    ...Object.fromEntries(discovery.phases.map(({ flag }, index) => [flag, index < phases])),
    current_phase: names[Math.min(phases, names.length - 1)],
    progress_percentage: Math.round((phases * 1000) / names.length) / 10,
  };
}

/** A time so many hours ago. */
export function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}
