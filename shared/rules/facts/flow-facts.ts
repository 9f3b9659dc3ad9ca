import { z } from 'zod';
import { FlowRow } from '../relation/flow-row.ts';

/** Guarded columns of one row as text; JSON columns as `sha256:<hex>`. See `guard-image.ts`. */
export const Image = z.record(z.string(), z.string().nullable());
export type Image = z.infer<typeof Image>;

/** Keys read of one raw record. */
export const MAX_RAW_KEYS = 200;

/** A data import that is linked to the flow, or could be. */
export const ImportFacts = z.object({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string().nullable(),
  total_records: z.number().nullable(),
  created_at: z.string().nullable(),
  link: z.string().nullable(),
  linked: z.boolean(),
  /** False where the import names a client or an engagement and it is not the flow's. */
  same_tenant: z.boolean(),
  /** This role may not read whose it is. */
  tenant_unread: z.boolean(),
  /** Through the wrong key: the master's other one. */
  linked_by_other_key: z.boolean(),
  named_by_key: z.boolean(),
  named_in_name: z.boolean(),
  named_in_persistence: z.boolean(),
  /** Other flows, not ended, that name the same import; counted where none is linked, several are, or the child names none. */
  rivals: z.number(),
  /** A flow that has ended and whose key points to it; looked for in the same places. */
  ended_owner: z.object({ flow_id: z.string(), status: z.string() }).nullable(),
  /** Counted up to a bound; null where the install has no table of raw records, or this role may not read it. */
  raw_records: z.number().nullable(),
  /** Those of them without a link, and those with the flow's; the rest is linked elsewhere. */
  raw_unlinked: z.number().nullable(),
  raw_linked: z.number().nullable(),
  /** Those that name another client or engagement than the flow's; null too where this role may not read whose they are. */
  raw_other_tenant: z.number().nullable(),
  /** Keys of one raw record, at most {@link MAX_RAW_KEYS}. */
  raw_keys: z.array(z.string()).nullable(),
  image: Image,
});
export type ImportFacts = z.infer<typeof ImportFacts>;

/** Raw records of one import that a plan names one by one; of more, one more than this is read and none is written. */
export const MAX_RAW_LINKS = 1_000;

/** Rows of the table of mappings that belong to the flow's imports, counted and cut to a bound. */
const MappingRowFacts = z.object({
  total: z.number(),
  unlinked: z.number(),
  linked: z.number(),
  statuses: z.array(z.object({ status: z.string().nullable(), rows: z.number() })),
  /** When rows were approved, by the second. */
  approvals: z.array(z.object({ at: z.string(), rows: z.number() })),
  /** Those that no person rejected, the least sure first. */
  rows: z.array(z.object({ source: z.string(), target: z.string().nullable(), confidence: z.unknown() })),
  rejected: z.array(z.object({ source: z.string(), target: z.string().nullable() })),
});

/** The last entries of a JSON array of the master, as they stand there, and how many it has. */
const HistoryFacts = z.object({ total: z.number(), entries: z.array(z.unknown()) });

/** Everything that the diagnosis and the plan of one flow need, read by one statement at one instant. */
export const FlowFacts = z.object({
  row: FlowRow,
  /** Ids of the rules that the flow violates, as PostgreSQL judged them. */
  rules: z.array(z.string()),
  mappings: z.object({
    /** The JSON text as stored; null where there is none. */
    child: z.string().nullable(),
    master: z.string().nullable(),
    /** False where either side is missing. jsonb equality: the order of keys does not matter. */
    equal: z.boolean(),
  }),
  /** The master's persistence data mentions the mapping phase: the standard resume endpoint asks for that. */
  mentions_mapping: z.boolean(),
  imports: z.array(ImportFacts),
  /** Raw records of those imports whose link is not the flow's, up to a bound for each, with the columns that a repair guards. */
  rawLinks: z.array(z.object({ id: z.string(), importId: z.string(), link: z.string().nullable(), image: Image })),
  /** Null where the install has no such table, or this role may not read it. */
  mappingRows: MappingRowFacts.nullable(),
  /** Other flows with the same master, at most a few; looked for where a repair of this one flow would write it. */
  sharers: z.array(z.string()),
  history: z.object({ transitions: HistoryFacts, errors: HistoryFacts }),
  /** Columns that hold a JSON text which PostgreSQL cannot look into; looked for where one flow is read. */
  passedOver: z.array(z.string()),
  /** The child's is empty for a master without a child. */
  images: z.object({ child: Image.nullable().transform((image) => image ?? {}), master: Image.nullable() }),
});
export type FlowFacts = z.infer<typeof FlowFacts>;
