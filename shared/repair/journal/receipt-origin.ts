import { Failure } from '../../failure.ts';
import type { Session } from '../../session.ts';
import type { Consent } from '../document/consent.ts';
import type { Receipt } from './journal.ts';

/**
 * Refuses a receipt of rows that are not the ones this session looks at: of another schema, table or database.
 * @throws Failure `receipt-refused`
 */
export function refuseElsewhere({ catalog }: Session, { id, changes, server }: Receipt): void {
  const elsewhere = changes.find(({ record, table }) => {
    const { schema, name } = catalog[record];
    return table.schema !== schema || table.name !== name;
  });
  if (elsewhere) {
    const { table, record } = elsewhere;
    const here = `${catalog[record].schema}.${catalog[record].name}`;
    throw refused(id, `wrote ${table.schema}.${table.name}, and this session looks at ${here}`);
  }
  const made = server?.database ?? null;
  if (made !== null && made !== catalog.databaseName) {
    throw refused(id, `was made in the database ${made}, and this is ${catalog.databaseName}`);
  }
}

function refused(id: string, why: string): Failure {
  return new Failure('receipt-refused', `Receipt ${id} ${why}: nothing was written.`, {
    next: 'Take it back where it was made: FLOWMEND_SCHEMA names the schema.',
  });
}

/** The server that made a receipt, by its system identifier, where that is not this one: this may be a restored copy. */
export function otherServerOf({ catalog }: Session, { server }: Receipt): string | undefined {
  const [made, here] = [server?.system ?? null, catalog.server.system];
  return made === null || here === null || made === here ? undefined : made;
}

/** Why an undo may not be written yet: nobody said that the receipt of another server is meant. */
export function serverObjection(session: Session, receipt: Receipt, { server }: Consent): string | undefined {
  const made = otherServerOf(session, receipt);
  if (made === undefined || made === server) return undefined;
  return `receipt ${receipt.id} was made on another server, ${made}, and this is ${session.catalog.server.system}: it has to be said that this copy is meant`;
}
