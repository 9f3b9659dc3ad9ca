import type { RecordName } from './model.ts';

/** Columns of each record, by their names in the flow model, with the type that statements take them for. */
type Types = Readonly<Record<RecordName, Readonly<Record<string, ColumnType>>>>;
export type ColumnType =
  | 'uuid'
  | 'text'
  | 'boolean'
  | 'jsonb'
  | 'integer'
  | 'double precision'
  | 'timestamp with time zone';

/** Columns without which no flow can be judged. */
export const NEEDED_COLUMNS = {
  child: {
    id: 'uuid',
    flowId: 'uuid',
    client: 'uuid',
    engagement: 'uuid',
    status: 'text',
    phase: 'text',
    createdAt: 'timestamp with time zone',
    updatedAt: 'timestamp with time zone',
  },
  master: { id: 'uuid', flowId: 'uuid', status: 'text' },
  import: { id: 'uuid', masterFlowId: 'uuid' },
  rawRecords: { id: 'uuid', importId: 'uuid', data: 'jsonb' },
  mappingRows: { id: 'uuid', importId: 'uuid', source: 'text', target: 'text' },
} as const satisfies Types;

/**
 * Columns that a kind of flow or an install may lack: they read as NULL of this type, and the rules that rest on them are
 * not asked.
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
  },
  rawRecords: { client: 'uuid', engagement: 'uuid', masterFlowId: 'uuid' },
  mappingRows: { masterFlowId: 'uuid', status: 'text', confidence: 'double precision' },
} as const satisfies Types;

const NUMBERS = ['smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric'];

/** Stored types that serve as the one wanted; null: any, since it is read as text. */
const SERVES_AS: Readonly<Record<ColumnType, readonly string[] | null>> = {
  uuid: ['uuid'],
  text: null,
  boolean: ['boolean'],
  jsonb: ['json', 'jsonb'],
  integer: NUMBERS,
  'double precision': NUMBERS,
  'timestamp with time zone': ['timestamp with time zone', 'timestamp without time zone'],
};

export function servesAs(stored: string, wanted: ColumnType): boolean {
  return SERVES_AS[wanted]?.includes(stored) ?? true;
}
