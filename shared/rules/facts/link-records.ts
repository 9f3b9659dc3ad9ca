import type { FlowModel } from '../../flow/model.ts';
import type { Fix } from '../finding/fix.ts';
import { setColumn } from '../finding/set-column.ts';
import type { FlowFacts } from './flow-facts.ts';
import { linksToReplace } from './import-candidates.ts';

/** Links raw records of the flow's import to the flow: those that are linked to none. */
export function linkRecords({ row, rawLinks }: FlowFacts, model: FlowModel): Fix {
  if ((row.records_other_tenant ?? 0) > 0) {
    return { kind: 'undecided', why: 'records of another tenant are among them: linking those would show its data' };
  }
  const wrong = linksToReplace(row.import_own ?? '', { row, rawLinks });
  if (wrong.length === 0) {
    return { kind: 'undecided', why: `they are too many to be named in a plan (${row.records})` };
  }
  return {
    kind: 'changes',
    changes: wrong.map(({ id }) =>
      setColumn(
        model,
        'rawRecords',
        id,
        'masterFlowId',
        row.records_link_key,
        'as the import that it belongs to is linked',
      ),
    ),
  };
}
