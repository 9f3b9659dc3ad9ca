import { hostname } from 'node:os';
import sql, { empty, type Sql } from 'sql-template-tag';
import type { z } from 'zod';
import type { Plan } from '../document/plan.ts';
import type { RowChange } from '../document/row-change.ts';
import { Receipt } from '../journal/journal.ts';
import type { JournalTrust } from '../journal/journal-trust.ts';
import { osUser } from '../journal/os-user.ts';
import { CHANGES } from './write-rows.ts';

/** What a receipt says beside the changes. */
export interface Entry {
  readonly plan: Plan;
  /** Lower bound for the index in the plan's flows of the first of these: where the search for it begins. */
  readonly batch: number;
  /** In the order of the plan. */
  readonly flows: readonly string[];
  readonly reason: string | null;
}

/** What {@link recordReceipt} answers: the receipt without the changes, which stay in the database. */
export const Recorded = Receipt.omit({ changes: true });
export type Recorded = z.infer<typeof Recorded>;

/**
 * The statement with which `writeSteps` records a receipt where the rows are written: the images need not travel. Nothing is
 * recorded where nothing changed, nor where the journal holds this part of the plan already: its key is the hash of the plan
 * with the place of the first flow that was written, not of one that was only tried, since that one may be tried again
 * along with others.
 */
export function recordReceipt({ plan, batch, flows, reason }: Entry, { namesServer }: JournalTrust): Sql {
  const { undoes } = plan;
  return sql`
    insert into flowmend.journal (plan_hash, batch, kind, flows, reason, os_user, host, changes, undoes)
    select ${plan.hash}, written.batch, ${plan.kind}, written.flows,
      ${reason}, ${osUser()}, ${hostname()},
      (select ${CHANGES} from changed), ${undoes}::uuid
    from (
      select min(f.place) as batch, array_agg(f.flow_id order by f.place) as flows
      from unnest(${[...flows]}::uuid[], ${placesOf(flows, plan, batch)}::int[]) as f(flow_id, place)
      where f.flow_id not in (select flow_id from stale)
    ) written
    where exists (select from changed) ${undoes === null ? empty : sql`and not ${takenBackBefore(undoes, flows)}`}
    on conflict do nothing
    returning json_build_object(
      'schemaVersion', 1, 'id', id, 'planHash', plan_hash, 'kind', kind, 'appliedAt', applied_at, 'flows', to_json(flows),
      'reason', reason, 'who', json_build_object('role', db_role, 'user', os_user, 'host', host), 'undoes', undoes,
      ${namesServer ? sql`'server', json_build_object('system', system_identifier, 'database', database),` : empty}
      'undoneBy', null
    ) as recorded`;
}

/** Where the flows stand in the plan, looked for from a place on. */
function placesOf(flows: readonly string[], plan: Plan, from: number): number[] {
  let place = from - 1;
  return flows.map((flowId) => {
    place = plan.flows.indexOf(flowId, place + 1);
    return place;
  });
}

/** The rows are held, so whoever took one of these flows back before has committed. */
function takenBackBefore(undoes: string, flows: readonly string[]): Sql {
  return sql`exists (
    select from flowmend.journal u where u.undoes = ${undoes}::uuid and u.flows && ${[...flows]}::uuid[])`;
}

/** The receipt with the changes that were answered beside it; undefined where nothing was recorded. */
export function recordedReceipt(recorded: unknown, changes: readonly RowChange[]): Receipt | undefined {
  const receipt = Recorded.nullable().parse(recorded);
  return receipt === null ? undefined : { ...receipt, changes: [...changes] };
}
