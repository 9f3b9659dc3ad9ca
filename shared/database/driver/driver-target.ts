import pg from 'pg';
import { Failure } from '../../failure.ts';

const DEFAULT_PORT = 5432;

/** Modes of libpq that the driver reads differently, with a warning, unless it is told that they are libpq's. */
const LIBPQ_MODES = ['prefer', 'require', 'verify-ca'];

/** What the driver goes by where there is no URL. */
type PgVariables = Readonly<Partial<Record<'PGHOST' | 'PGPORT' | 'PGDATABASE' | 'PGUSER', string | undefined>>>;

/** A connection URL as the driver has to get it to read it like every other client of PostgreSQL does. */
export function driverUrl(url: URL): URL {
  const read = new URL(url);
  const database = read.searchParams.get('dbname');
  if (database) {
    read.pathname = `/${encodeURI(database)}`;
    read.searchParams.delete('dbname');
  }
  if (LIBPQ_MODES.includes(read.searchParams.get('sslmode') ?? '') && !read.searchParams.has('uselibpqcompat')) {
    read.searchParams.set('uselibpqcompat', 'true');
  }
  return read;
}

/**
 * Database and host, port or socket that the driver will really connect to, for people: a URL can name one host and its
 * parameters another, and what it leaves out comes from the PG* variables.
 * @param variable where the URL was given
 * @throws Failure `settings-invalid` where the driver cannot use it, never with the URL
 */
export function urlLabel(variable: string, url: URL): string {
  const portFrom = url.port || url.searchParams.has('port') ? variable : 'PGPORT';
  return labelOf(driverReading(variable, { connectionString: url.href }), portFrom);
}

/** The same where only the PG* variables say it. */
export function variablesLabel({ PGHOST, PGPORT, PGDATABASE, PGUSER }: PgVariables): string {
  const port = PGPORT ? Number.parseInt(PGPORT, 10) : DEFAULT_PORT;
  checkPort(port, 'PGPORT');
  const config = { host: PGHOST || undefined, port, database: PGDATABASE || undefined, user: PGUSER || undefined };
  return labelOf(driverReading('PG*', config), 'PGPORT');
}

/** How the driver itself reads a configuration; it connects to nothing yet. */
function driverReading(variable: string, config: pg.ClientConfig): pg.Client {
  try {
    return new pg.Client(config);
  } catch (thrown) {
    const { code, path } = thrown as { code?: string; path?: string };
    throw new Failure(
      'settings-invalid',
      path
        ? `${variable} names a file that cannot be read: ${path} (${code}).`
        : `${variable} cannot be used as it is.`,
      { next: 'Check its parameters; sslmode=verify-ca needs sslrootcert, the file with the certificate to trust.' },
    );
  }
}

/** User, database and place that a configuration of the driver means; never a password. */
export function meantBy(config: pg.ClientConfig): string {
  const { user, database, host, port } = new pg.Client(config);
  const place = host.startsWith('/')
    ? `${host}/.s.PGSQL.${port}`
    : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return `user ${user ?? '(none)'}, database ${database ?? '(default)'}, ${place}`;
}

function labelOf({ host, port, database = 'default database' }: pg.Client, portFrom: string): string {
  checkPort(port, portFrom);
  if (host.startsWith('/')) return `${database} on ${host}/.s.PGSQL.${port}`;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${database} on ${name}${port === DEFAULT_PORT ? '' : `:${port}`}`;
}

function checkPort(port: number, from: string): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw new Failure('settings-invalid', `The port in ${from} is not a number from 1 to 65535.`);
}
