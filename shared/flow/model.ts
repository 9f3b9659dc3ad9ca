import { z } from 'zod';
import { Name, optional, optionalTable } from './name.ts';

/** A flag column, or the key of a JSON object that tells the same: the phase is complete once the object has the key. */
const Phase = z
  .strictObject({
    name: Name.describe('What current_phase holds while the flow is in this phase.'),
    title: z.string().describe('A word or two for people.'),
    flag: Name.nullable().default(null).describe('Boolean column of the child record: this phase is complete.'),
    completeWhen: z
      .strictObject({ jsonColumn: Name, hasKey: z.string() })
      .nullable()
      .default(null)
      .describe(
        'Where there is no such column: the phase is complete once this JSON column of the child has this key.',
      ),
    aliases: z.array(Name).default([]).describe('Names that older installs use for the same phase.'),
    approval: z
      .boolean()
      .default(false)
      .describe('The flow stops after this phase until a person approves its result.'),
  })
  .refine(({ flag, completeWhen }) => (flag === null) !== (completeWhen === null), 'either flag or completeWhen')
  .transform(({ flag, completeWhen, ...phase }) => ({
    ...phase,
    completeWhen,
    flag: flag ?? `${completeWhen?.jsonColumn}.${completeWhen?.hasKey}`,
  }));

const Child = z.strictObject({
  table: Name,
  columns: z.strictObject({
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
});

const Master = z.strictObject({
  table: Name,
  columns: z.strictObject({
    id: Name,
    flowId: Name,
    client: optional('client'),
    engagement: optional('engagement'),
    type: optional('type'),
    status: Name,
    persistence: optional('persistence'),
    retries: optional('retries'),
    transitions: optional('transitions').describe('JSON array of what the flow went through; entries of any shape.'),
    errors: optional('errors').describe('JSON array of its errors; entries of any shape.'),
    createdAt: optional('created_at'),
    updatedAt: optional('updated_at'),
  }),
  persistenceKeys: z
    .strictObject({ mappings: optional('mappings'), importId: optional('import id') })
    .describe('Keys inside the persistence JSON.'),
});

const ImportColumns = z.strictObject({
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
});

const RawRecordColumns = z.strictObject({
  id: Name,
  importId: Name,
  masterFlowId: optional('master_flow_id'),
  client: optional('client'),
  engagement: optional('engagement'),
  data: Name,
});

const MappingRowColumns = z.strictObject({
  id: Name,
  importId: Name,
  masterFlowId: optional('master_flow_id'),
  source: Name,
  target: Name,
  status: optional('status'),
  confidence: optional('confidence'),
  approvedAt: optional('approved_at'),
});

const Words = z.array(z.string());

const Statuses = z.strictObject({
  working: Words.describe('The flow is being worked on, or the platform believes so.'),
  waiting: Words.describe('The flow waits for a person.'),
  ended: Words.describe('Nothing more is to happen.'),
  wait: z.string().describe('What a flow that waits for an approval should say.'),
  complete: z.string().describe('What a flow whose phases are all complete should say.'),
  failed: Words.describe('It ended with an error, which should say why.'),
  retired: Words.describe('It ended because it was put away: nothing of it should look alive.'),
});

const StatusMap = z.record(z.string(), Words.min(1));

const MasterStatus = z.strictObject({
  convention: z
    .enum(['match', 'lifecycle'])
    .describe('match: the master says what the child says. lifecycle: it keeps to a coarser life cycle.'),
  match: StatusMap.describe('Child status -> master statuses that are in step with it, the best one first.'),
  lifecycle: StatusMap,
  seen: Words.describe('Further words that masters were seen to hold.'),
});

/**
 * What a flow of one kind is: its tables, columns, phases, statuses and links. Data, so that another kind of flow is
 * another model and not another program. Lengths, CHECKs and foreign-key targets are not in here: the live catalog has them.
 */
export const FlowModel = z.strictObject({
  kind: z.string().describe('The kind in one word, as --kind takes it.'),
  schemas: z.array(Name).describe('Schemas to look in, in this order, unless one is configured.'),
  child: Child.describe('The record that says how the flow stands: the source of truth.'),
  master: Master.describe('The record that every flow of any kind has one of.'),
  import: optionalTable('data import', ImportColumns).describe('The data that the flow was made from.'),
  rawRecords: optionalTable('raw records', RawRecordColumns).describe('One row per imported source row.'),
  mappingRows: optionalTable('mapping rows', MappingRowColumns).describe(
    'One row per suggested mapping, beside the mappings that the flow itself keeps as JSON.',
  ),
  mappingRowStatuses: z
    .strictObject({ approved: Words, rejected: Words })
    .default({ approved: ['approved', 'implemented'], rejected: ['rejected'] })
    .describe('Statuses of such a row that a person said yes or no to; any other is still open.'),
  phases: z.array(Phase).min(1).describe('In the order in which they run.'),
  progressDecimals: z
    .number()
    .int()
    .min(0)
    .max(6)
    .describe('Decimals to which the platform rounds the percentage of complete phases.'),
  mappingsReservedKeys: Words.default([]).describe('Keys inside the mappings object that are no mappings.'),
  mappingKeys: z
    .strictObject({ target: Words.min(1), confidence: Words.min(1) })
    .default({ target: ['target'], confidence: ['confidence'] })
    .describe(
      'Where a mapping is an object: its keys for the target and the confidence, the first that is there counts.',
    ),
  statuses: Statuses.describe("The child's statuses."),
  importStatusesAlive: Words.default([]).describe('Statuses of an import that is still being read.'),
  masterStatus: MasterStatus,
  resumePath: z
    .string()
    .nullable()
    .default(null)
    .describe("The platform's API of this kind of flow, where its resume endpoints are those of discovery flows."),
});

export type FlowModel = z.infer<typeof FlowModel>;
export type Phase = FlowModel['phases'][number];

/** The records of a flow that evidence, guards and steps name. */
export type RecordName = 'child' | 'master' | 'import' | 'rawRecords' | 'mappingRows';

/** The model with another convention for the master's status; unchanged without one. */
export function withConvention(
  model: FlowModel,
  convention: FlowModel['masterStatus']['convention'] | undefined,
): FlowModel {
  return convention === undefined ? model : { ...model, masterStatus: { ...model.masterStatus, convention } };
}

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

/** The columns that hold the flags of the phases: for guards. */
export function flagColumns(model: FlowModel): string[] {
  return [...new Set(model.phases.map((phase) => phase.completeWhen?.jsonColumn ?? phase.flag))];
}

/** `the flow failed`, `the flow is in status error`; undefined where it did not fail. */
export function failureIn(status: string, { statuses }: FlowModel): string | undefined {
  if (!statuses.failed.includes(status)) return undefined;
  return status === 'failed' ? 'the flow failed' : `the flow is in status ${status}`;
}
