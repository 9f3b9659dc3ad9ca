import sql from 'sql-template-tag';
import { z } from 'zod';
import { asFailure } from '../failure.ts';
import { parseAnswer } from './parse-answer.ts';
import type { Reader } from './reader.ts';

/** Which server and which database of it this is. Null where it does not tell. */
const Server = z.object({ system: z.string().nullable(), database: z.string().nullable() });
export type Server = z.infer<typeof Server>;

/** The system identifier, which no two servers share unless one is a copy of the other's files, and the database's name. */
export async function readServer(reader: Reader): Promise<Server> {
  try {
    const [row] = await reader.read(sql`
      select system_identifier::text as system, current_database()::text as database from pg_control_system()`);
    return parseAnswer(Server, row, 'The server');
  } catch (thrown) {
    if (asFailure(thrown).code !== 'no-rights') throw thrown;
    return { system: null, database: null };
  }
}
