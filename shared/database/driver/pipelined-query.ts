import pg from 'pg';
import type { Sql } from 'sql-template-tag';

declare module 'pg' {
  interface Query {
    handleDataRow(message: unknown): void;
    handleCommandComplete(message: unknown, connection: pg.Connection): void;
  }
}

/** Statements that go with another one: without parameters, their answers of no interest. */
export interface Around {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * The last column of the last statement before: the server process. It is sent at once, so that it is known which process
 * works on a statement that does not end; behind a pooler nothing else says it.
 */
export const PID = 'pg_catalog.pg_backend_pid()';

type Answered = (failure: Error | undefined, result: pg.QueryResult) => void;

/**
 * A statement that is sent together with those before and after it, in one round trip. They share one Sync: where one of
 * them fails, the server skips all that come after it. So nothing runs outside a transaction whose `begin` failed; one that
 * was begun is left open by an error, for the caller to roll back.
 */
export class PipelinedQuery extends pg.Query {
  readonly #around: Around;
  readonly #pid: ((pid: number) => void) | undefined;
  #completed = 0;

  /**
   * @param answered without it the rows are emitted one by one, as `row`
   * @param pid is called with what {@link PID} before it said, before the statement itself has ended
   */
  constructor(statement: Sql, around: Around, answered?: Answered, pid?: (pid: number) => void) {
    // Without parameters the driver would send it by itself, with a Sync of its own.
    super({ text: statement.text, values: statement.values, queryMode: 'extended' } as pg.QueryConfig, answered);
    this.#around = around;
    this.#pid = pid;
  }

  override submit = (connection: pg.Connection): void => {
    const { before, after } = this.#around;
    const sync = () => {
      for (const text of after) execute(connection, text);
      connection.sync();
    };
    connection.stream.cork();
    try {
      for (const text of before) execute(connection, text);
      if (this.#pid) connection.flush();
      this.send(connection, sync);
    } finally {
      connection.stream.uncork();
    }
  };

  /** @param sync ends what goes out together */
  protected send(connection: pg.Connection, sync: () => void): void {
    pg.Query.prototype.submit.call(this, Object.create(connection, { sync: { value: sync } }));
  }

  override handleDataRow(message: unknown): void {
    if (this.#isOwn()) super.handleDataRow(message);
    else if (this.#completed === this.#around.before.length - 1) {
      this.#pid?.(Number((message as { readonly fields: readonly unknown[] }).fields.at(-1)));
    }
  }

  override handleCommandComplete(message: unknown, connection: pg.Connection): void {
    if (this.#isOwn()) super.handleCommandComplete(message, connection);
    this.#completed += 1;
  }

  /** The server answers in the order in which it was asked. */
  #isOwn(): boolean {
    return this.#completed === this.#around.before.length;
  }
}

/**
 * A statement without parameters that the server only analyses: names, types and operators. It is not run, and not planned
 * either, which would compute its constants.
 */
export class AnalysedQuery extends PipelinedQuery {
  readonly #text: string;

  constructor(statement: Sql, around: Around, answered: Answered) {
    super(statement, around, answered);
    this.#text = statement.text;
  }

  protected override send(connection: pg.Connection, sync: () => void): void {
    connection.parse({ name: '', text: this.#text, types: [] }, true);
    sync();
  }
}

function execute(connection: pg.Connection, text: string): void {
  connection.parse({ name: '', text, types: [] }, true);
  connection.bind({ values: [] }, true);
  connection.execute(null, true);
}
