import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { isStored } from '../../database/sql/table.ts';
import { approvalPhase, type FlowModel, type RecordName } from '../../flow/model.ts';
import type { FlowFacts, ImportFacts } from '../../rules/facts/flow-facts.ts';
import { isOwn } from '../../rules/facts/import-candidates.ts';
import { loadsData, recordsOf } from '../../rules/facts/lacking.ts';
import { rejectedMappings } from '../../rules/facts/rejected-mappings.ts';
import type { Finding } from '../../rules/finding/finding.ts';
import { rowsToApprove } from './phases.ts';

/** Something that the flow lacks, or in which what is stored and what was processed contradict each other. */
export const Gap = z.object({
  kind: z.enum(['missing', 'contradiction']),
  what: z.string(),
  /** `table.column`. */
  where: z.string(),
  /** The rule that found it; null for what no rule asks, since it is no damage by itself. */
  rule: z.string().nullable(),
});
export type Gap = z.infer<typeof Gap>;

/** Rules whose findings are gaps. What they found is told here as they tell it; nothing is judged a second time. */
const GAP_RULES: Readonly<Record<string, Gap['kind']>> = {
  'master-missing': 'missing',
  'master-without-child': 'missing',
  'import-unlinked': 'missing',
  'import-wrong-key': 'contradiction',
  'import-linked-elsewhere': 'contradiction',
  'several-imports': 'contradiction',
  'import-not-named': 'missing',
  'record-count-differs': 'contradiction',
  'raw-records-unlinked': 'missing',
  'raw-records-linked-elsewhere': 'contradiction',
  'mapping-rows-differ': 'contradiction',
  'mappings-missing': 'missing',
  'mappings-one-sided': 'missing',
  'mappings-differ': 'contradiction',
  'mappings-not-an-object': 'contradiction',
  'flags-out-of-order': 'contradiction',
  'completed-with-open-phases': 'contradiction',
  'all-phases-complete': 'contradiction',
  'completed-at-missing': 'missing',
  'failure-without-error': 'missing',
  'progress-out-of-step': 'contradiction',
};

/** The gaps of a flow: those that rules found, then what else its records lack. */
export function gapsOf(facts: FlowFacts, findings: readonly Finding[], model: FlowModel, catalog: Catalog): Gap[] {
  const told = findings.flatMap(ofFinding);
  // Of a master without a child that is all there is to say.
  if (facts.row.childless) return told;
  return [
    ...told,
    ...pointerGaps(facts, model, catalog),
    ...(loadsData(model, catalog) ? [...dataGaps(facts, model), ...recordGaps(facts, model, catalog)] : []),
    ...approvalGaps(facts, model),
    ...rejectionGaps(facts, model),
  ];
}

function ofFinding({ rule, message, evidence: [evidence] }: Finding): Gap[] {
  const kind = GAP_RULES[rule];
  return kind && evidence ? [{ kind, what: message, where: `${evidence.table}.${evidence.column}`, rule }] : [];
}

function gap(kind: Gap['kind'], what: string, [model, record, column]: [FlowModel, RecordName, string]): Gap {
  return { kind, what, where: `${model[record].table}.${column}`, rule: null };
}

function pointerGaps({ row, imports, rules }: FlowFacts, model: FlowModel, catalog: Catalog): Gap[] {
  const { masterFlowId, importId } = model.child.columns;
  const named = imports.some((one) => one.named_by_key);
  const gaps: Gap[] = [];
  if (isStored(catalog.child, masterFlowId) && row.master_pointer === null) {
    gaps.push(gap('missing', 'the child does not name its master', [model, 'child', masterFlowId]));
  }
  if (isStored(catalog.child, importId) && row.import_pointed === null && !rules.includes('import-not-named')) {
    gaps.push(gap('missing', 'the child does not name its import', [model, 'child', importId]));
  }
  if (row.import_pointed !== null && !named) {
    gaps.push(gap('contradiction', `import ${row.import_pointed} is not there`, [model, 'child', importId]));
  }
  return gaps;
}

/** The flag of the phase that loads data against the data. */
function dataGaps({ row, imports }: FlowFacts, model: FlowModel): Gap[] {
  const [loading] = model.phases;
  if (!loading) return [];
  const records = recordsOf(imports.filter((one) => one.linked));
  const loaded = row.phases_complete.includes(loading.name);
  const where: [FlowModel, RecordName, string] = [model, 'child', loading.flag];
  if (loaded && !row.import_linked) {
    return [gap('contradiction', `${loading.flag} is true, but no raw data is linked`, where)];
  }
  if (loaded && records === 0) {
    return [gap('contradiction', `${loading.flag} is true, but the linked import has no raw records`, where)];
  }
  if (!loaded && records !== null && records > 0) {
    return [gap('contradiction', `${records} raw records are linked, but ${loading.flag} is false`, where)];
  }
  return [];
}

/** What the imports say of their records against the records, where no rule says it: those ask of one import only. */
function recordGaps({ row, imports, rules }: FlowFacts, model: FlowModel, catalog: Catalog): Gap[] {
  const { masterFlowId } = model.rawRecords.columns;
  const links = isStored(catalog.rawRecords, masterFlowId);
  const own = imports.filter(isOwn);
  return own.flatMap((one): Gap[] => {
    const { id, total_records, raw_records } = one;
    const gaps: Gap[] = [];
    if (
      !rules.includes('record-count-differs') &&
      total_records !== null &&
      (raw_records ?? total_records) !== total_records
    ) {
      const what = `import ${id} counts ${total_records} records, ${raw_records} are there`;
      gaps.push(gap('contradiction', what, [model, 'import', model.import.columns.totalRecords]));
    }
    const { empty, other } = rawLinkCounts(one);
    if (links && empty > 0 && !rules.includes('raw-records-unlinked')) {
      const what = `${empty} of ${raw_records} raw records of import ${id} have no link`;
      gaps.push(gap('missing', what, [model, 'rawRecords', masterFlowId]));
    }
    const told = id === row.import_own && rules.includes('raw-records-unlinked') ? (row.records_wrong_key ?? 0) : 0;
    if (links && other > told && !rules.includes('raw-records-linked-elsewhere')) {
      const what = `${other - told} of ${raw_records} raw records of import ${id} are linked to something else`;
      gaps.push(gap('contradiction', what, [model, 'rawRecords', masterFlowId]));
    }
    return gaps;
  });
}

/** Raw records of an import by their links: the flow's, none, another. */
export function rawLinkCounts(one: ImportFacts): { right: number; empty: number; other: number } {
  const right = one.raw_linked ?? 0;
  const empty = one.raw_unlinked ?? 0;
  return { right, empty, other: (one.raw_records ?? 0) - right - empty };
}

/** The flag of the phase to approve against the rows that a person approved. */
function approvalGaps(facts: FlowFacts, model: FlowModel): Gap[] {
  const phase = approvalPhase(model);
  const { approved, open } = rowsToApprove(facts, model);
  if (!phase || approved + open === 0) return [];
  const where: [FlowModel, RecordName, string] = [model, 'mappingRows', model.mappingRows.columns.status];
  const complete = facts.row.phases_complete.includes(phase.name);
  if (complete && open > 0) {
    return [gap('contradiction', `${phase.flag} is true, but ${open} rows of mappings are not approved`, where)];
  }
  if (!complete && open === 0) {
    return [gap('contradiction', `all ${approved} rows of mappings are approved, but ${phase.flag} is false`, where)];
  }
  return [];
}

/** What a person rejected against what the flow still holds. */
function rejectionGaps(facts: FlowFacts, model: FlowModel): Gap[] {
  const rejected = rejectedMappings(facts, model);
  return rejected === undefined ? [] : [gap('contradiction', rejected, [model, 'child', model.child.columns.mappings])];
}
