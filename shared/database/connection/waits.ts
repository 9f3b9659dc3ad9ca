import sql from 'sql-template-tag';
import { z } from 'zod';
import type { Reader } from '../sql/reader.ts';

/** A session of the server that holds what another waits for. */
const Blocker = z.object({ pid: z.number(), user: z.string().nullable(), query: z.string().nullable() });
export type Blocker = Readonly<z.infer<typeof Blocker>>;

/** What runs the longest on the server for a session. */
export interface Wait {
  /** Since when, in milliseconds. */
  readonly since: number;
  /** Who keeps it waiting; empty where it works, or nobody says. */
  readonly blockedBy: readonly Blocker[];
}

const MAX_QUERY = 120;
const HIDDEN = '<insufficient privilege>';

/** Who blocks a server process, as far as the role may see it. */
export async function blockersOf(reader: Reader, pid: number): Promise<readonly Blocker[]> {
  const rows = await reader.read(sql`
    select a.pid, a.usename::text as user, nullif(left(a.query, ${MAX_QUERY}), ${HIDDEN}) as query
    from pg_stat_activity a where a.pid = any(pg_blocking_pids(${pid}::int)) order by a.pid limit 3`);
  return z.array(Blocker).parse(rows);
}
