import sql from 'sql-template-tag';
import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { parseIdPrefix } from '../../flow/flow-id.ts';
import type { Session } from '../../session.ts';
import { childlessWithin, flowsWithin, type IdsWithin } from './ids-within.ts';
import { noSuchFlow } from './no-such-flow.ts';

const MAX_SHOWN = 5;
const Rows = z.array(z.object({ flow_id: z.string() }));

/**
 * The whole id of the flow, or else of the master without a child, that a person named by its id or an unambiguous prefix.
 * @throws Failure `malformed-id`, `unknown-flow`, `ambiguous-id` (with the ids that match)
 */
export async function resolveFlowId(session: Session, typed: string): Promise<string> {
  const { primary, model } = session;
  const range = parseIdPrefix(typed);
  // Nothing to look up: whether the flow exists, its diagnosis says.
  if (range.from === range.to) return range.from;
  const within = async (ids: IdsWithin) =>
    Rows.parse(await primary.read(sql`${ids(session, range)} order by 1 limit ${MAX_SHOWN + 1}`));
  const flows = await within(flowsWithin);
  const rows = flows.length > 0 ? flows : await within(childlessWithin);
  const [only, ...others] = rows;
  if (!only) throw noSuchFlow(model, typed.trim());
  if (others.length > 0) {
    const shown = rows.slice(0, MAX_SHOWN).map((row) => row.flow_id);
    throw new Failure(
      'ambiguous-id',
      `"${typed.trim()}" begins the id of ${rows.length > MAX_SHOWN ? 'many' : rows.length} flows.`,
      {
        next: `Give more digits: ${shown.join(', ')}${rows.length > MAX_SHOWN ? ' …' : ''}`,
      },
    );
  }
  return only.flow_id;
}
