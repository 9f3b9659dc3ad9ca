import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import type { WritableRecord } from '../../flow/change.ts';
import { FlowRecords, recordsOfFlows } from '../../rules/judge/judge-flows.ts';
import type { Install } from '../../rules/rule/rule-set.ts';
import type { Step } from '../document/plan.ts';
import { KEY } from './lock-rows.ts';

/** The rows of an undo by their keys, with what says whose they are: the link of an import, the import of a raw record. */
const Pointers = z.record(z.string(), z.string().nullable());
const Found = z.object({
  flows: z.array(FlowRecords),
  master: Pointers,
  import: Pointers,
  rawRecords: Pointers,
});
type Found = z.infer<typeof Found>;

/**
 * The steps of an undo whose row is no record of the flow that the receipt lists it under, as the rows stand before it: what a
 * receipt says of a row was said by whoever wrote it. One statement, however many rows.
 */
export async function strangeBeforeUndo(
  reader: Reader,
  install: Install,
  steps: readonly Step[],
): Promise<{ readonly flowId: string; readonly what: string }[]> {
  if (steps.length === 0) return [];
  const found = await whoseRows(reader, install, steps);
  const flows = new Map(found.flows.map((flow) => [flow.flow_id, flow]));
  const ofFlow = Map.groupBy(steps, ({ flowId }) => flowId);
  return steps.flatMap((step) => {
    const { flowId, table, key } = step;
    const flow = flows.get(flowId);
    return flow && isRecordOf(flow, step, ofFlow.get(flowId) ?? [], found, install)
      ? []
      : [{ flowId, what: `${table.name} ${key} is no record of flow ${flowId}` }];
  });
}

async function whoseRows(reader: Reader, install: Install, steps: readonly Step[]): Promise<Found> {
  const { model, catalog } = install;
  const keysOf = (record: WritableRecord) => steps.filter((step) => step.record === record).map(({ key }) => key);
  const key = column('t', KEY);
  const isAmong = (record: WritableRecord) => sql`${key} = any(${keysOf(record)}::uuid[])`;
  const importsOfRaw = sql`select ${column('t', model.rawRecords.columns.importId)}
    from ${recordSource(catalog.rawRecords)} t where ${isAmong('rawRecords')}`;
  const pointers = (record: 'master' | 'import' | 'rawRecords', pointer: string, chosen: Sql) =>
    // A kind of flow, or an install, without such a table.
    !catalog[record].exists
      ? sql`'{}'::json`
      : sql`(select coalesce(json_object_agg(${key}, ${column('t', pointer)}), '{}')
          from ${recordSource(catalog[record])} t where ${chosen})`;
  const imports =
    keysOf('rawRecords').length === 0 ? isAmong('import') : sql`${isAmong('import')} or ${key} in (${importsOfRaw})`;
  const flowIds = [...new Set(steps.map(({ flowId }) => flowId))];
  const rows = await reader.read(sql`
    select (select coalesce(json_agg(f), '[]') from (${recordsOfFlows(install, flowIds)}) f) as flows,
      ${pointers('master', model.master.columns.flowId, isAmong('master'))} as master,
      ${pointers('import', model.import.columns.masterFlowId, imports)} as import,
      ${pointers('rawRecords', model.rawRecords.columns.importId, isAmong('rawRecords'))} as "rawRecords"`);
  const [found] = parseAnswer(z.tuple([Found]), rows, 'Whose rows an undo writes');
  return found;
}

function isRecordOf(
  flow: FlowRecords,
  { record, key }: Step,
  ofFlow: readonly Step[],
  found: Found,
  { model }: Install,
): boolean {
  switch (record) {
    case 'child':
      return key === flow.child_id;
    case 'master':
      // By its own flow id also where the child does not name it yet, or no more.
      return key === flow.master_id || found.master[key] === flow.flow_id;
    case 'import':
      return isImportOf(flow, key, ofFlow, found, model);
    case 'rawRecords': {
      const importId = found.rawRecords[key] ?? null;
      return importId !== null && isImportOf(flow, importId, ofFlow, found, model);
    }
  }
}

/** It is the flow's import or linked to the flow; or it is linked to none, and gets its link back or the flow its name. */
function isImportOf(
  { import_own, link_key, link_other_key }: FlowRecords,
  importId: string,
  ofFlow: readonly Step[],
  found: Found,
  { child, import: dataImport }: Install['model'],
): boolean {
  const isKey = (link: string | null) => link !== null && [link_key, link_other_key].includes(link);
  const becomes = (record: WritableRecord, name: string, key?: string) =>
    ofFlow
      .filter((step) => step.record === record && (key === undefined || step.key === key))
      .flatMap(({ writes }) => writes.filter((write) => write.column === name))
      .map(({ to }) => (to.kind === 'text' ? to.text : null));
  const link = found.import[importId] ?? null;
  if (importId === import_own || isKey(link)) return true;
  if (link !== null) return false;
  return (
    becomes('import', dataImport.columns.masterFlowId, importId).some(isKey) ||
    becomes('child', child.columns.importId).includes(importId)
  );
}
