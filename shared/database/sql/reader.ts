import type { Sql } from 'sql-template-tag';

/**
 * Something that can only read. Code that takes a Reader cannot be compiled to write: writing is a method of
 * {@link Transaction}, and only a {@link Writer} opens one.
 */
export interface Reader {
  /**
   * Runs one statement and returns its rows, unparsed. Aborting ends it on the server.
   * @throws Failure, never a driver's error; `cancelled` after the signal
   */
  read(statement: Sql, signal?: AbortSignal): Promise<unknown[]>;
}

/** A reader that can also pass on the rows of a long answer one by one. */
export interface StreamReader extends Reader {
  /** Has PostgreSQL analyse a statement without parameters, which is neither planned nor run. Throws as `read` does. */
  analyse(statement: Sql): Promise<void>;
  /**
   * Runs one statement and yields its rows as the server sends them; the server waits while nobody takes them. Aborting,
   * or leaving the loop early, cancels the statement on the server.
   * @throws Failure of the connection; `cancelled` after the signal
   */
  stream(statement: Sql, signal?: AbortSignal): AsyncGenerator<unknown, void, void>;
}

/**
 * One open read-write transaction. What an install puts off until the commit (deferred constraints and triggers) acts at the
 * end of each statement, and in any case before the next: what is looked at is what will be committed.
 */
export interface Transaction extends Reader {
  /** PostgreSQL's own id of it: what became of it can be asked after its connection is lost. */
  readonly id: string;
  write(statement: Sql): Promise<unknown[]>;
}

/** A transaction that is rolled back, whatever comes of it. */
export interface Trial extends Transaction {
  /** Runs a statement and rolls everything back after it, in one round trip: nothing can be asked afterwards. */
  last(statement: Sql): Promise<unknown[]>;
}

export type Ending = 'commit' | 'rollback';

/** Opens transactions that may write. Kept apart from every Reader. */
export interface Writer {
  /**
   * Runs `work` in one transaction with bounded waits and ends it as `work` says; any throw rolls back. Aborting ends on the
   * server the statement that runs then.
   * @throws Failure `outcome-unknown` where the connection broke while committing; `cancelled` where the signal kept it from
   *   being written
   */
  transaction<T>(
    work: (transaction: Transaction) => Promise<{ ending: Ending; value: T }>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Runs `work` in one transaction that is always rolled back. */
  trial<T>(work: (transaction: Trial) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** A writer whose transactions share one connection, for many of them in a row; it is closed when `work` ends. */
  onOneConnection<T>(work: (writer: Writer) => Promise<T>): Promise<T>;
}
