import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { column, tableIdent } from '../database/identifier.ts';
import { Failure } from '../failure.ts';
import { parseIdPrefix } from '../flow/flow-id.ts';
import type { Session } from '../session.ts';
import { noSuchFlow } from './no-such-flow.ts';
import { childlessMasters } from './relation/childless-masters.ts';

const MOST_SHOWN = 5;
const Rows = z.array(z.object({ flow_id: z.string() }));

/**
 * The whole id of the flow, or else of the master without a child, that a person named by its id or an unambiguous prefix.
 * @throws Failure `malformed-id`, `unknown-flow`, `ambiguous-id` (with the ids that match)
 */
export async function resolveFlowId({ primary, model, catalog }: Session, typed: string): Promise<string> {
  const range = parseIdPrefix(typed);
  // Nothing to look up: whether the flow exists, its diagnosis says.
  if (range.from === range.to) return range.from;
  const flowId = column('c', model.child.columns.flowId);
  // A range instead of LIKE on a cast: the unique index on flow_id answers it.
  const within = async (ids: Sql) =>
    Rows.parse(
      await primary.read(sql`select f.flow_id from (${ids}) f
        where f.flow_id between ${range.from}::uuid and ${range.to}::uuid order by 1 limit ${MOST_SHOWN + 1}`),
    );
  const flows = await within(sql`select ${flowId} as flow_id from ${tableIdent(catalog.child)} c`);
  const rows = flows.length > 0 ? flows : await within(childlessMasters(model, catalog));
  const [only, ...others] = rows;
  if (!only) throw noSuchFlow(model, typed.trim());
  if (others.length > 0) {
    const shown = rows.slice(0, MOST_SHOWN).map((row) => row.flow_id);
    throw new Failure(
      'ambiguous-id',
      `"${typed.trim()}" begins the id of ${rows.length > MOST_SHOWN ? 'many' : rows.length} flows.`,
      {
        next: `Give more digits: ${shown.join(', ')}${rows.length > MOST_SHOWN ? ' …' : ''}`,
      },
    );
  }
  return only.flow_id;
}
