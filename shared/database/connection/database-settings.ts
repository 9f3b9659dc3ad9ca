import type { Secret } from '../../secrets/secret.ts';

/** How to reach the database. Without a URL the driver reads the PG* variables itself. */
export interface DatabaseSettings {
  readonly url: Secret | undefined;
  /** A replica that the fleet is read from; undefined: the database itself. */
  readonly readUrl: Secret | undefined;
  /** The schema that holds the flow tables; undefined: look where the flow model says. */
  readonly schema: string | undefined;
  /** Host and database name for people, never the user's password. */
  readonly label: string;
  /** The same of what the fleet is read from: of the replica, where there is one. */
  readonly readLabel: string;
  /** Where receipts are kept if the database may not hold the journal; undefined: in the user's state folder. */
  readonly journalFile: string | undefined;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** The longest wait for a row lock. */
  readonly lockTimeoutMs: number;
  /** How long to try to find out what became of a commit that was cut off. */
  readonly reconnectTimeoutMs: number;
}
