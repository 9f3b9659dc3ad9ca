import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { type Linked, linkKeyOf } from '../../database/catalog/link-targets.ts';
import { isStored } from '../../database/sql/table.ts';
import type { FlowModel, RecordName } from '../../flow/model.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import { isOwn } from '../../rules/facts/import-candidates.ts';
import { rawLinkCounts } from './gaps.ts';

/** One column in which the flow's id, or a link to one of its records, is or should be stored. */
export const Link = z.object({
  record: z.enum(['child', 'master', 'import', 'rawRecords', 'mappingRows']),
  table: z.string(),
  column: z.string(),
  /** Which id belongs there. */
  meaning: z.string(),
  /** The value of the one row, or null; for many rows, what right links hold. */
  value: z.string().nullable(),
  /** Rows that hold the right id, none, and another one; all 0 where nothing is judged. */
  right: z.number(),
  empty: z.number(),
  other: z.number(),
});
export type Link = z.infer<typeof Link>;

/** Where the flow's id and the links between its records are stored, record by record. */
export function linksOfFlow(facts: FlowFacts, model: FlowModel, catalog: Catalog): Link[] {
  const { row, imports, mappingRows } = facts;
  const masterKey = row.master_pointer ?? row.flow_id;
  const own = imports.filter(isOwn);
  const one = (record: RecordName, column: string, meaning: string, value: string | null, right: boolean): Link => ({
    record,
    table: model[record].table,
    column,
    meaning,
    value,
    right: value !== null && right ? 1 : 0,
    empty: value === null ? 1 : 0,
    other: value !== null && !right ? 1 : 0,
  });
  const linkMeaning = (record: Linked) => `the master's ${catalog.linkTargets[record]}`;
  const many = (
    record: 'rawRecords' | 'mappingRows',
    of: string,
    counts: Pick<Link, 'right' | 'empty' | 'other'>,
  ): Link => ({
    record,
    table: model[record].table,
    column: model[record].columns.masterFlowId,
    meaning: `${linkMeaning(record)}${of}`,
    value: row[linkKeyOf(catalog, record)],
    ...counts,
  });
  const { child, master, import: dataImport } = model;
  const links = [
    one('child', child.columns.flowId, "the flow's id", row.flow_id, true),
    one('child', child.columns.masterFlowId, "the master's flow_id", row.master_pointer, row.master_id !== null),
    one('master', master.columns.flowId, "the flow's id", row.master_id === null ? null : masterKey, true),
    one(
      'child',
      child.columns.importId,
      'the id of its import',
      row.import_pointed,
      imports.some((it) => it.named_by_key),
    ),
    ...own.map((it) =>
      one('import', dataImport.columns.masterFlowId, `${linkMeaning('import')}, of ${it.id}`, it.link, it.linked),
    ),
    ...own
      .filter((it) => (it.raw_records ?? 0) > 0)
      .map((it) => many('rawRecords', `, of import ${it.id}`, rawLinkCounts(it))),
    ...(mappingRows && mappingRows.total > 0
      ? [
          many('mappingRows', '', {
            right: mappingRows.linked,
            empty: mappingRows.unlinked,
            other: mappingRows.total - mappingRows.linked - mappingRows.unlinked,
          }),
        ]
      : []),
  ];
  return links.filter(
    ({ record, column }) => isStored(catalog[record], column) && !(row.childless && record === 'child'),
  );
}
