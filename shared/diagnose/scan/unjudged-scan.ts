import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import { childrenOf } from '../../rules/relation/flow-relation.ts';
import type { Session } from '../../session.ts';
import { chosenFlows, nextPageAfter, type Selection } from './selection.ts';

const Size = z.object({ flows: z.coerce.number(), checkedAt: z.string(), nextAfter: z.string().nullable() });

const Unjudged = z.object({
  flowId: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  phase: z.string().nullable(),
  updatedAt: z.string(),
});
export type Unjudged = z.infer<typeof Unjudged>;

/** How many flows are chosen, at what time of the server, and where the next page begins. */
export async function sizeOf(session: Session, selection: Selection): Promise<z.infer<typeof Size>> {
  const [row] = await session.reader.read(sql`
    select count(*) as flows, to_json(now()) #>> '{}' as "checkedAt",
      ${nextPageAfter(session, selection)} as "nextAfter"
    from (${childrenOf(session)}) f where ${chosenFlows(session, selection)}`);
  return parseAnswer(Size, row, 'The fleet');
}

/** The chosen flows as they are stored, the longest untouched first, one by one: nothing holds the whole fleet. */
export async function* storedFlows(
  session: Session,
  { limit, signal, ...selection }: Selection & { readonly limit?: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Unjudged> {
  const statement = sql`
    select f.flow_id as "flowId", f.flow_name as name, f.status, f.phase_stored as phase,
      to_json(f.updated_at) #>> '{}' as "updatedAt"
    from (${childrenOf(session)}) f where ${chosenFlows(session, selection)}
    order by f.updated_at, f.flow_id limit ${limit ?? null}`;
  for await (const row of session.reader.stream(statement, signal)) yield parseAnswer(Unjudged, row, 'A flow');
}
