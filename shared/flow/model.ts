import { z } from 'zod';

/** A column name as it stands in the database; quoted wherever it meets SQL. */
const Name = z.string().min(1).max(63);

const Phase = z.object({
  name: Name,
  title: z.string(),
  /** Boolean column of the child record: this phase is complete. */
  flag: Name,
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
      masterFlowId: Name,
      client: Name,
      engagement: Name,
      importId: Name,
      name: Name,
      status: Name,
      progress: Name,
      phase: Name,
      mappings: Name,
      error: Name,
      createdAt: Name,
      updatedAt: Name,
      completedAt: Name,
    }),
  }),
  master: z.object({
    table: Name,
    columns: z.object({
      id: Name,
      flowId: Name,
      client: Name,
      engagement: Name,
      type: Name,
      status: Name,
      persistence: Name,
      updatedAt: Name,
    }),
    /** Keys inside the persistence JSON. */
    persistenceKeys: z.object({ mappings: z.string(), importId: z.string() }),
  }),
  import: z.object({
    table: Name,
    columns: z.object({
      id: Name,
      masterFlowId: Name,
      client: Name,
      engagement: Name,
      name: Name,
      status: Name,
      totalRecords: Name,
      createdAt: Name,
      updatedAt: Name,
    }),
  }),
  rawRecords: z.object({
    table: Name,
    columns: z.object({ importId: Name, masterFlowId: Name, data: Name }),
  }),
  phases: z.array(Phase).min(1),
  /** A key inside the mappings object that is not a mapping. */
  mappingsReservedKeys: z.array(z.string()),
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
  }),
  masterStatus: z.object({
    /** `match`: the master says what the child says. `lifecycle`: it keeps to a coarser life cycle. */
    convention: z.enum(['match', 'lifecycle']),
    /** Child status -> master statuses that are in step with it, the best one first. */
    match: z.record(z.string(), z.array(z.string()).min(1)),
    lifecycle: z.record(z.string(), z.array(z.string()).min(1)),
  }),
});

export type FlowModel = z.infer<typeof FlowModel>;
export type Phase = FlowModel['phases'][number];

/** The records of a flow that evidence, guards and steps name. */
export type RecordName = 'child' | 'master' | 'import';

/** The child status -> master statuses map of the convention that holds on this platform. */
export function masterStatusMap(model: FlowModel): Record<string, string[]> {
  return model.masterStatus[model.masterStatus.convention];
}

/** Finds a phase by the name a record holds, old names included. */
export function phaseNamed(model: FlowModel, name: string | null): Phase | undefined {
  return model.phases.find((phase) => phase.name === name || (name !== null && phase.aliases.includes(name)));
}

/** The phase after this one, or undefined after the last. */
export function phaseAfter(model: FlowModel, phase: Phase): Phase | undefined {
  return model.phases[model.phases.indexOf(phase) + 1];
}

/** The phase whose result waits for an approval. */
export function approvalPhase(model: FlowModel): Phase {
  const phase = model.phases.find((candidate) => candidate.approval);
  if (!phase) throw new TypeError(`The flow model ${model.kind} has no phase with an approval.`);
  return phase;
}
