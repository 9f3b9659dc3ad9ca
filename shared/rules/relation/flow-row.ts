import { z } from 'zod';

const Uuid = z.string();
const Time = z.string();
/** JSON has no NaN or Infinity: PostgreSQL prints them as strings. */
const Float = z.union([z.number(), z.string().transform(Number)]);

/**
 * One row of the flow relation: one flow with what every rule needs. Rules are predicates over these columns, with the
 * alias `f`. Times are ISO 8601 with offset; progress is a percentage from 0 to 100. What is looked up from many rows is
 * null where it was not looked up: see `Reach`.
 */
export const FlowRow = z.object({
  flow_id: Uuid,
  /** The child's own id; of a master without a child, the master's, so that every row has a key. */
  child_id: Uuid,
  /** A master of this kind of flow to which no child belongs: what only a child tells is null, empty or false. */
  childless: z.boolean(),
  client_account_id: Uuid,
  engagement_id: Uuid,
  flow_name: z.string().nullable(),
  /** The child's status as stored; of a master without a child, the master's. */
  status: z.string(),
  /** False once nothing more is to happen: completed, failed, cancelled … */
  open: z.boolean(),
  /** The child's current_phase as stored, old names included. */
  phase_stored: z.string().nullable(),
  /** The same phase by its name in the flow model; null where the model does not know it. */
  phase: z.string().nullable(),
  progress: Float.nullable(),
  created_at: Time,
  updated_at: Time,
  completed_at: Time.nullable(),
  /** Hours since the child was last written; null where its time stamp is infinite. */
  idle_hours: z.number().nullable(),
  /** The child holds an error text. */
  has_error: z.boolean(),
  /** Names of the phases whose flag is set, in the order of the model. */
  phases_complete: z.array(z.string()),
  /** Every complete phase has only complete phases before it. */
  flags_in_order: z.boolean(),
  /** The first phase that is not complete; null where all are. */
  phase_open: z.string().nullable(),
  /** Completed phases / all phases x 100, rounded as the platform does. */
  progress_wanted: z.number(),
  /** Number of mappings, reserved keys left out; null where there is no JSON object. */
  child_mappings: z.number().nullable(),
  child_mappings_shape: z.string().nullable(),
  master_mappings: z.number().nullable(),
  master_mappings_shape: z.string().nullable(),
  /** What the master's persistence data is: `object`, unless something else was written over it. */
  persistence_shape: z.string().nullable(),
  child_has_mappings: z.boolean(),
  master_has_mappings: z.boolean(),
  /** The same mappings, reserved keys left out and in any order. False where either side is missing. */
  mappings_equal: z.boolean(),
  /** The mappings that wait for an approval by their confidence (from 0.8 high, from 0.5 medium); the lowest ones by name. */
  confidence: z
    .object({
      high: z.number(),
      medium: z.number(),
      low: z.number(),
      unknown: z.number(),
      lowest: z.array(z.string()),
    })
    .nullable(),
  /** The child's master_flow_id as stored. */
  master_pointer: Uuid.nullable(),
  /** The flow id of the master of its tenant that has master_pointer as its own id; the pointer should be a flow id. */
  master_by_id: Uuid.nullable(),
  /** The master's own id; null where no master record is found. */
  master_id: Uuid.nullable(),
  master_type: z.string().nullable(),
  master_status: z.string().nullable(),
  /** This install's length, enum and CHECKs take the master's status; true where it is no word of the platform. */
  master_status_accepted: z.boolean(),
  master_updated_at: Time.nullable(),
  /** How often the platform tried the flow again. */
  retries: z.number().nullable(),
  /** The master belongs to the same client, and to the same engagement too; true where there is none. */
  master_same_client: z.boolean(),
  master_same_tenant: z.boolean(),
  /** The flow's import belongs to them; true where it has none, or where that names no tenant. */
  import_same_client: z.boolean(),
  import_same_tenant: z.boolean(),
  /** The value that links this flow's imports to its master, by the install's foreign key. */
  link_key: Uuid.nullable(),
  /** The same for its raw records: on some installs their foreign key asks for the master's other key. */
  records_link_key: Uuid.nullable(),
  /** The master's other key, which code that confuses id and flow_id writes instead. */
  link_other_key: Uuid.nullable(),
  /** The import that the child's data_import_id points to, and the link that it carries. */
  import_pointed: Uuid.nullable(),
  import_pointed_link: Uuid.nullable(),
  /**
   * The flow's import, and what it says of itself: the one that the child points to, else the one that is linked to the flow.
   * Of several that are linked, none.
   */
  import_own: Uuid.nullable(),
  import_status: z.string().nullable(),
  import_total: z.number().nullable(),
  /** It is still being read. */
  import_alive: z.boolean(),
  /** How many imports carry this flow's link, counted up to a bound. */
  imports_linked: z.number().nullable(),
  import_linked: z.boolean(),
  /** Imports linked by the master's other key; looked for where the child points to none. */
  imports_wrong_key: z.number().nullable(),
  import_in_name: Uuid.nullable(),
  import_in_persistence: Uuid.nullable(),
  /** The import that the flow itself names: by data_import_id, else in its name, else in its persistence data. */
  import_named: Uuid.nullable(),
  /** Raw records of the flow's import: all, without a link, linked by the master's other key, to another, of another tenant. */
  records: z.number().nullable(),
  records_unlinked: z.number().nullable(),
  records_wrong_key: z.number().nullable(),
  records_elsewhere: z.number().nullable(),
  records_other_tenant: z.number().nullable(),
  /** Source fields whose row in the table of mappings names another target than the flow's JSON; at most a few. */
  mapping_rows_differ: z.array(z.string()).nullable(),
  /** Mappings are there, the import is complete, the mapping is not, and the current phase is the one to approve. */
  awaits_approval: z.boolean(),
  status_wanted: z.string(),
  /** The master status that would be in step with status_wanted and that this install accepts. */
  master_status_wanted: z.string().nullable(),
});

export type FlowRow = z.infer<typeof FlowRow>;
