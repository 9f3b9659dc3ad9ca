import type { Change } from '../../flow/change.ts';
import type { FlowModel } from '../../flow/model.ts';
import { setColumn } from '../finding/set-column.ts';
import type { FlowFacts, ImportFacts } from './flow-facts.ts';
import { linksToReplace } from './import-candidates.ts';

/**
 * Makes an import the flow's only one: no other carries the flow's link, this one does, and the child names it. Where the
 * import gets its link only now, so do its raw records that have none, or the wrong key of the master for it.
 * @param because why it is this one, as it stands beside each change
 */
export function giveImport(
  given: ImportFacts,
  because: string,
  { row, imports, rawLinks }: FlowFacts,
  model: FlowModel,
): Change[] {
  const linkOf = (record: 'import' | 'rawRecords', id: string, link: string | null) =>
    setColumn(model, record, id, 'masterFlowId', link, because);
  const others = imports.filter(({ id, linked }) => linked && id !== given.id);
  const records = linksToReplace(given.id, { row, rawLinks });
  const links = given.linked
    ? []
    : [
        linkOf('import', given.id, row.link_key),
        ...records.map(({ id }) => linkOf('rawRecords', id, row.records_link_key)),
      ];
  const name = setColumn(model, 'child', row.child_id, 'importId', given.id, because);
  return [
    ...others.map(({ id }) => linkOf('import', id, null)),
    ...links,
    ...(row.import_pointed === given.id ? [] : [name]),
  ];
}
