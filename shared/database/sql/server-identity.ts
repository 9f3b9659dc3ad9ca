import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { asFailure } from '../../files/as-failure.ts';
import type { Reader } from './reader.ts';

/** Which server, and which database of it: a name and a port may lead to another one tomorrow. */
export const ServerIdentity = z.strictObject({
  /** Given to a server when it was set up; its standbys have the same. Null where this role may not read it. */
  system: z.string().nullable(),
  /** The oid of the database: one that was dropped and made again has another. */
  database: z.number().int(),
});
export type ServerIdentity = z.infer<typeof ServerIdentity>;

/** With the name of the database, which a receipt keeps: a restored database has another oid. */
export const NamedServer = ServerIdentity.extend({ name: z.string() });
export type NamedServer = z.infer<typeof NamedServer>;

/** Where this role may not call it, PostgreSQL refuses the whole statement, in whichever branch of it this stands. */
export const SYSTEM_IDENTIFIER = sql`(select system_identifier::text from pg_control_system())`;

/** A {@link NamedServer} as JSON. */
export function namedServer(system: Sql): Sql {
  return sql`(select json_build_object('system', ${system}, 'database', oid::bigint, 'name', datname)
    from pg_database where datname = current_database())`;
}

/** A {@link ServerIdentity} as JSON, as far as this role could ask for that of the server it is compared with. */
export function serverIdentity({ system }: ServerIdentity): Sql {
  return sql`(select json_build_object('system', ${system === null ? sql`null` : SYSTEM_IDENTIFIER}, 'database', oid::bigint)
    from pg_database where datname = current_database())`;
}

/**
 * The server that a connection leads to, without its identifier where this role may not ask for that.
 * @throws Failure of the connection
 */
export async function readNamedServer(reader: Reader): Promise<NamedServer> {
  const asked = (system: Sql) => reader.read(sql`select ${namedServer(system)} as server`);
  const [row] = await asked(SYSTEM_IDENTIFIER).catch((thrown: unknown) => {
    if (asFailure(thrown).code !== 'no-rights') throw thrown;
    return asked(sql`null`);
  });
  return z.object({ server: NamedServer }).parse(row).server;
}

/** True where both are known to be of different databases. */
export function isAnother(one: ServerIdentity, other: ServerIdentity): boolean {
  const systems = one.system !== null && other.system !== null && one.system !== other.system;
  return systems || one.database !== other.database;
}
