import type { Catalog } from '../../database/catalog/catalog.ts';
import { isStored } from '../../database/sql/table.ts';
import { approvalPhase, type FlowModel, type Phase } from '../../flow/model.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import type { FlowFacts, ImportFacts } from './flow-facts.ts';
import { decisiveImport, mayBeChosen } from './import-candidates.ts';
import { mappingsStored, mappingsUnread } from './mappings-stored.ts';

/** What a flow has for its phases to work with. */
export interface Supply {
  readonly importLinked: boolean;
  /** Null where they could not be counted. */
  readonly records: number | null;
  readonly mappings: number;
}

/** What the flow has as it stands. */
export function suppliedNow({ row, imports }: FlowFacts): Supply {
  return {
    importLinked: row.import_linked,
    records: recordsOf(imports.filter((one) => one.linked)),
    mappings: mappingsStored(row),
  };
}

/** Rules whose fix links an import, or asks which one. */
const LINKING_RULES = ['import-unlinked', 'import-wrong-key'];

/** What it can have once its repair is applied, with the choice made where a person has to pick its import. */
export function suppliedAfterRepair(facts: FlowFacts, model: FlowModel): Supply {
  const now = suppliedNow(facts);
  // What is linked to the master is seen once the flow has it.
  if (facts.rules.includes('master-missing') && namesMasterById(facts.row)) {
    return { ...now, importLinked: true, records: null };
  }
  if (!LINKING_RULES.some((rule) => facts.rules.includes(rule))) return now;
  const decided = decisiveImport(facts, model);
  const linkable = decided ? [decided] : facts.imports.filter(mayBeChosen);
  return { ...now, importLinked: linkable.length > 0, records: recordsOf(linkable) };
}

/** The child holds the own id of the very master that has its flow id: its repair is known. */
export function namesMasterById({ master_by_id, flow_id }: Pick<FlowRow, 'master_by_id' | 'flow_id'>): boolean {
  return master_by_id === flow_id;
}

/** What a phase needs and will not find; undefined where all is there. */
export function lacking(phase: Phase, supply: Supply, model: FlowModel, catalog: Catalog): string | undefined {
  const place = model.phases.indexOf(phase);
  if (loadsData(model, catalog)) {
    if (!supply.importLinked) return 'no data import is linked to the flow';
    if (place > 0 && supply.records === 0) return 'the linked import has no raw records';
  }
  const approval = approvalPhase(model);
  const wantsMappings = approval !== undefined && place > model.phases.indexOf(approval);
  const none = supply.mappings === 0 && mappingsUnread(model, catalog).length === 0;
  return wantsMappings && none ? 'there are no field mappings' : undefined;
}

/** True for a kind of flow that begins with imported data, on an install that shows which is whose. */
export function loadsData(model: FlowModel, catalog: Catalog): boolean {
  return (
    isStored(catalog.child, model.child.columns.importId) && isStored(catalog.import, model.import.columns.masterFlowId)
  );
}

/** Raw records of imports: counted, or else as many as the imports say; null where neither is known of any. */
export function recordsOf(imports: readonly ImportFacts[]): number | null {
  const known = imports.flatMap(({ raw_records, total_records }) => raw_records ?? total_records ?? []);
  return known.length === 0 ? null : known.reduce((sum, records) => sum + records, 0);
}
