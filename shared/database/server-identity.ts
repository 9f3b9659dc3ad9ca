import sql from 'sql-template-tag';
import { z } from 'zod';
import { asFailure } from '../failure.ts';
import { parseAnswer } from './parse-answer.ts';
import type { Reader } from './reader.ts';

/** Which server, and which database of it: a name and a port may lead to another one tomorrow. */
export const ServerIdentity = z.strictObject({
  /** Given to a server when it was set up; its standbys have the same. Null where this role may not read it. */
  system: z.string().nullable(),
  /** The oid of the database: one that was dropped and made again has another. */
  database: z.number().int(),
});
export type ServerIdentity = z.infer<typeof ServerIdentity>;

const OF_DATABASE = sql`
  (select oid::bigint::text from pg_database where datname = current_database()) as database, current_database()::text as name`;
const Named = ServerIdentity.extend({ database: z.coerce.number(), name: z.string() });

/** The name of the database stands beside it: a receipt keeps that, since a restored database has another oid. */
export async function serverIdentity(reader: Reader): Promise<{ server: ServerIdentity; databaseName: string }> {
  const whole = sql`select system_identifier::text as system, ${OF_DATABASE} from pg_control_system()`;
  const rows = await reader.read(whole).catch((thrown: unknown) => {
    if (asFailure(thrown).code !== 'no-rights') throw thrown;
    return reader.read(sql`select null as system, ${OF_DATABASE}`);
  });
  const [{ name: databaseName, ...server }] = parseAnswer(z.tuple([Named]), rows, 'The server');
  return { server, databaseName };
}

/** True where both are known to be of different databases. */
export function isAnother(one: ServerIdentity, other: ServerIdentity): boolean {
  const systems = one.system !== null && other.system !== null && one.system !== other.system;
  return systems || one.database !== other.database;
}
