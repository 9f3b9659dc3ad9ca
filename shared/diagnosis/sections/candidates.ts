import { z } from 'zod';
import type { FlowModel } from '../../flow/model.ts';
import type { FlowFacts, ImportFacts } from '../../rules/facts/flow-facts.ts';
import { decisiveImport, evidenceOf, whyNotDecisive } from '../../rules/facts/import-candidates.ts';

export const Candidate = z.object({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string().nullable(),
  totalRecords: z.number().nullable(),
  rawRecords: z.number().nullable(),
  linked: z.boolean(),
  evidence: z.array(z.object({ speaks: z.enum(['for', 'against']), text: z.string() })),
  /** The evidence is enough to link it without asking, or it is the only one that is linked. */
  decisive: z.boolean(),
  whyNotDecisive: z.string().nullable(),
});
export type Candidate = z.infer<typeof Candidate>;

export const ImportOfFlow = z.object({
  linked: z.boolean(),
  /** What was looked for. */
  sought: z.string(),
  /** The import that may be linked without asking, or the only one that is linked. */
  decided: z.string().nullable(),
  candidates: z.array(Candidate),
});

/** The flow's import, or the imports that could be it, each with its evidence. */
export function importOf(facts: FlowFacts, model: FlowModel): z.infer<typeof ImportOfFlow> {
  const { row, imports } = facts;
  const linked = imports.filter((one) => one.linked);
  const whyLinked = linked.length > 1 ? 'several imports carry the link of the flow' : null;
  return {
    linked: row.import_linked,
    sought: `${model.import.table}.${model.import.columns.masterFlowId} = ${row.link_key ?? '(no master record)'}`,
    decided: linked.length > 1 ? null : ((linked[0] ?? decisiveImport(facts, model))?.id ?? null),
    candidates: imports.map((one) =>
      candidateOf(one, one.linked ? whyLinked : whyNotDecisive(one, facts, model), facts, model),
    ),
  };
}

function candidateOf(candidate: ImportFacts, why: string | null, facts: FlowFacts, model: FlowModel): Candidate {
  const { id, name, status, linked } = candidate;
  return {
    id,
    name,
    status,
    totalRecords: candidate.total_records,
    rawRecords: candidate.raw_records,
    linked,
    evidence: evidenceOf(candidate, facts, model),
    decisive: why === null,
    whyNotDecisive: why,
  };
}
