import pg from 'pg';
import pgpass from 'pgpass';
import { Failure } from '../../failure.ts';
import { startupMessage } from './startup-message.ts';

type Connection = Parameters<typeof pgpass>[0];

interface Starting {
  startup(who: Parameters<typeof startupMessage>[0]): void;
}

/**
 * A connection that sets nothing. Its password, where neither the URL nor PGPASSWORD gives one, comes from the password file
 * of libpq.
 */
export class DatabaseClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super(config);
    // A connection that breaks while nothing is asked of it is noticed by the next statement.
    this.on('error', () => {});
    const starting: Starting = {
      startup: (who) => {
        this.connection.stream.write(startupMessage(who));
      },
    };
    Object.assign(this.connection, starting);
    if (!this.password) Object.assign(this, { password: passwordOfFile });
  }
}

/** The driver calls this when the server asks for a password. */
async function passwordOfFile(connection: Connection): Promise<string> {
  const password = await new Promise<string | undefined>((resolve) => pgpass(connection, resolve));
  if (password !== undefined) return password;
  throw new Failure('wrong-password', 'The database asks for a password, and the connection gives none.', {
    next: 'Give it in the connection URL, as PGPASSWORD, or in a password file (PGPASSFILE or ~/.pgpass).',
  });
}
