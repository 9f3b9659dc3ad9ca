import sql from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column, literal } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { flowRelation } from '../../rules/relation/flow-relation.ts';
import type { Install } from '../../rules/rule/rule-set.ts';

const MAX_SHOWN = 3;
const Rows = z.array(
  z.object({ flow_id: z.string(), record: z.enum(['child record', 'master record', 'data import']) }),
);

/**
 * Which flows a record belongs to, in words, for a person who gave the id of one of its records for a flow's: the tables
 * have an id each, and logs name any of them. Reads every flow, so it is for an id that is no flow's.
 * @returns undefined where it is the id of no record of a flow
 * @throws Failure of the connection; `timed-out`
 */
export async function flowsOfRecord(
  reader: Reader,
  { model, catalog }: Install,
  id: string,
): Promise<string | undefined> {
  const { id: importId, masterFlowId } = model.import.columns;
  const linkOfImport = catalog.import.exists
    ? sql`(select ${column('i', masterFlowId)} from ${recordSource(catalog.import)} i where ${column('i', importId)} = ${id}::uuid)`
    : sql`null::uuid`;
  const statement = sql`
    select f.flow_id, case when f.child_id = ${id}::uuid then ${literal('child record')}
        when ${id}::uuid in (f.master_id, f.link_key, f.link_other_key) then ${literal('master record')}
        else ${literal('data import')} end as record
    from (${flowRelation(model, catalog)}) f
    where ${id}::uuid in (f.child_id, f.master_id, f.link_key, f.link_other_key, f.import_pointed, f.import_in_name)
      or f.link_key = ${linkOfImport}
    order by f.flow_id limit ${MAX_SHOWN + 1}`;
  const rows = parseAnswer(Rows, await reader.read(statement), 'A flow of the record');
  const [first] = rows;
  if (!first) return undefined;
  const shown = rows.slice(0, MAX_SHOWN).map(({ flow_id }) => flow_id);
  const flows = rows.length === 1 ? 'flow' : 'flows';
  return `It is the id of the ${first.record} of ${flows} ${shown.join(', ')}${rows.length > MAX_SHOWN ? ' …' : ''}: give that one.`;
}
