import type { Sql } from 'sql-template-tag';

/**
 * Something that can only read. Code that takes a Reader cannot be compiled to write: writing is a method of
 * {@link Transaction}, and only a {@link Writer} opens one.
 */
export interface Reader {
  /** Runs one statement and returns its rows, unparsed. Throws a Failure, never a driver's error. */
  read(statement: Sql): Promise<unknown[]>;
}

/** One open read-write transaction. */
export interface Transaction extends Reader {
  write(statement: Sql): Promise<unknown[]>;
}

export type Ending = 'commit' | 'rollback';

/** Opens transactions that may write. Kept apart from every Reader. */
export interface Writer {
  /**
   * Runs `work` in one transaction with bounded waits and ends it as `work` says; any throw rolls back.
   * @throws Failure `outcome-unknown` where the connection broke while committing
   */
  transaction<T>(work: (transaction: Transaction) => Promise<{ ending: Ending; value: T }>): Promise<T>;
}
