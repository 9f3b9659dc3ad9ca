import { z } from 'zod';

/** A column name as it stands in the database; quoted wherever it meets SQL. */
const Name = z.string().min(1).max(63);

/**
 * Columns that a kind of flow or an install may lack, with the type that stands in for them: they read as NULL, and the
 * rules that rest on them are not asked.
 */
export const OPTIONAL_COLUMNS = {
  child: {
    masterFlowId: 'uuid',
    importId: 'uuid',
    name: 'text',
    progress: 'double precision',
    mappings: 'jsonb',
    error: 'text',
    completedAt: 'timestamp with time zone',
  },
  master: {
    client: 'uuid',
    engagement: 'uuid',
    type: 'text',
    persistence: 'jsonb',
    retries: 'integer',
    transitions: 'jsonb',
    errors: 'jsonb',
    createdAt: 'timestamp with time zone',
    updatedAt: 'timestamp with time zone',
  },
  import: {
    client: 'uuid',
    engagement: 'uuid',
    name: 'text',
    status: 'text',
    totalRecords: 'integer',
    createdAt: 'timestamp with time zone',
    updatedAt: 'timestamp with time zone',
    startedAt: 'timestamp with time zone',
    completedAt: 'timestamp with time zone',
  },
  rawRecords: { client: 'uuid', engagement: 'uuid', masterFlowId: 'uuid' },
  mappingRows: {
    masterFlowId: 'uuid',
    status: 'text',
    confidence: 'double precision',
    approvedAt: 'timestamp with time zone',
  },
} as const;

/** A column of {@link OPTIONAL_COLUMNS}; where a kind of flow has none, a name that no table has. */
const optional = (what: string) =>
  Name.nullable()
    .default(null)
    .transform((name) => name ?? `(no ${what})`);

const Phase = z.object({
  name: Name,
  title: z.string(),
  /** Boolean column of the child record: this phase is complete. */
  flag: Name,
  /** Where no such column is stored: the phase is complete once this JSON object of the child has this key. */
  told: z.object({ column: Name, key: z.string() }).nullable().default(null),
  /** Names older installs use for the same phase. */
  aliases: z.array(Name).default([]),
  /** The flow stops after this phase until a person approves its result. */
  approval: z.boolean().default(false),
});

/**
 * What a flow of one kind is: its tables, columns, phases, statuses and links. Data, so that another kind of flow is
 * another model and not another program. Lengths, CHECKs and foreign-key targets are not in here: the live catalog has them.
 */
export const FlowModel = z.object({
  kind: z.string(),
  /** Schemas to look in, in this order, unless one is configured. */
  schemas: z.array(Name),
  child: z.object({
    table: Name,
    columns: z.object({
      id: Name,
      flowId: Name,
      masterFlowId: optional('master_flow_id'),
      client: Name,
      engagement: Name,
      importId: optional('data_import_id'),
      name: optional('name'),
      status: Name,
      progress: optional('progress'),
      phase: Name,
      mappings: optional('field_mappings'),
      error: optional('error'),
      createdAt: Name,
      updatedAt: Name,
      completedAt: optional('completed_at'),
    }),
  }),
  master: z.object({
    table: Name,
    columns: z.object({
      id: Name,
      flowId: Name,
      client: optional('client'),
      engagement: optional('engagement'),
      type: optional('type'),
      status: Name,
      persistence: optional('persistence'),
      retries: optional('retries'),
      /** JSON arrays of what the flow went through; their entries have no fixed shape. */
      transitions: optional('transitions'),
      errors: optional('errors'),
      createdAt: optional('created_at'),
      updatedAt: optional('updated_at'),
    }),
    /** Keys inside the persistence JSON. */
    persistenceKeys: z.object({ mappings: z.string(), importId: z.string() }),
  }),
  import: z.object({
    table: Name,
    columns: z.object({
      id: Name,
      masterFlowId: Name,
      client: optional('client'),
      engagement: optional('engagement'),
      name: optional('name'),
      status: optional('status'),
      totalRecords: optional('total_records'),
      createdAt: optional('created_at'),
      updatedAt: optional('updated_at'),
      startedAt: optional('started_at'),
      completedAt: optional('completed_at'),
    }),
  }),
  rawRecords: z.object({
    table: Name,
    columns: z.object({
      id: Name,
      importId: Name,
      masterFlowId: optional('master_flow_id'),
      client: optional('client'),
      engagement: optional('engagement'),
      data: Name,
    }),
  }),
  /** One row per suggested mapping, beside the mappings that the flow itself keeps as JSON. */
  mappingRows: z.object({
    table: Name,
    columns: z.object({
      id: Name,
      importId: Name,
      masterFlowId: optional('master_flow_id'),
      source: Name,
      target: Name,
      status: optional('status'),
      confidence: optional('confidence'),
      approvedAt: optional('approved_at'),
    }),
    /** Statuses of a row that a person said yes or no to; any other is still open. */
    statuses: z
      .object({ approved: z.array(z.string()), rejected: z.array(z.string()) })
      .default({ approved: ['approved', 'implemented'], rejected: ['rejected'] }),
  }),
  phases: z.array(Phase).min(1),
  /** Decimals to which the platform rounds the percentage of complete phases. */
  progressDecimals: z.number().int().min(0).max(6),
  /** A key inside the mappings object that is not a mapping. */
  mappingsReservedKeys: z.array(z.string()),
  /** Where a mapping is an object: its keys for the target and the confidence, the first that is there counts. */
  mappingKeys: z.object({ target: z.array(z.string()).min(1), confidence: z.array(z.string()).min(1) }),
  statuses: z.object({
    /** The flow is being worked on, or the platform believes so. */
    working: z.array(z.string()),
    /** The flow waits for a person. */
    waiting: z.array(z.string()),
    /** Nothing more is to happen. */
    ended: z.array(z.string()),
    /** What a flow that waits for an approval should say. */
    wait: z.string(),
    /** What a flow whose phases are all complete should say. */
    complete: z.string(),
    /** It ended with an error, which should say why. */
    failed: z.array(z.string()),
    /** It ended because it was put away: nothing of it should look alive. */
    retired: z.array(z.string()),
  }),
  /** Statuses of an import that is still being read. */
  importStatusesAlive: z.array(z.string()),
  masterStatus: z.object({
    /** `match`: the master says what the child says. `lifecycle`: it keeps to a coarser life cycle. */
    convention: z.enum(['match', 'lifecycle']),
    /** Child status -> master statuses that are in step with it, the best one first. */
    match: z.record(z.string(), z.array(z.string()).min(1)),
    lifecycle: z.record(z.string(), z.array(z.string()).min(1)),
    /** Further words that masters were seen to hold. */
    seen: z.array(z.string()),
  }),
});

export type FlowModel = z.infer<typeof FlowModel>;
export type Phase = FlowModel['phases'][number];

/** The records of a flow that evidence, guards and steps name. */
export type RecordName = 'child' | 'master' | 'import' | 'rawRecords' | 'mappingRows';

/** The child status -> master statuses map of the convention that holds on this platform. */
export function masterStatusMap(model: FlowModel): Record<string, string[]> {
  return model.masterStatus[model.masterStatus.convention];
}

/** Every word that a master's status may be, whatever the convention. */
export function masterVocabulary({ masterStatus }: FlowModel): string[] {
  const { match, lifecycle, seen } = masterStatus;
  return [...new Set([...Object.values(match).flat(), ...Object.values(lifecycle).flat(), ...seen])];
}

/** Finds a phase by the name a record holds, old names included. */
export function phaseNamed(model: FlowModel, name: string | null): Phase | undefined {
  return model.phases.find((phase) => phase.name === name || (name !== null && phase.aliases.includes(name)));
}

/** The phase after this one, or undefined after the last. */
export function phaseAfter(model: FlowModel, phase: Phase): Phase | undefined {
  return model.phases[model.phases.indexOf(phase) + 1];
}

/** The phase whose result waits for an approval; undefined where this kind of flow has none. */
export function approvalPhase(model: FlowModel): Phase | undefined {
  return model.phases.find((candidate) => candidate.approval);
}

/** Where a value stands: for evidence. */
export function at(
  model: FlowModel,
  record: RecordName,
  column: string,
): { record: RecordName; table: string; column: string } {
  return { record, table: model[record].table, column };
}

/** The columns that hold the flags of the phases: for guards. */
export function flagColumns(model: FlowModel): string[] {
  return [...new Set(model.phases.map((phase) => phase.told?.column ?? phase.flag))];
}
