import { z } from 'zod';
import { Failure } from '../failure.ts';
import { Secret } from './secret.ts';

/** How to reach the database. Without a URL the driver reads the PG* variables itself. */
export interface DatabaseSettings {
  readonly url: Secret | undefined;
  /** The schema that holds the flow tables; undefined: look where the flow model says. */
  readonly schema: string | undefined;
  /** Host and database name for people, never the user's password. */
  readonly label: string;
  /** What the connection is called: what a person types before a write to production. */
  readonly name: string;
  /** Every write asks for the name to be typed, and for a reason. */
  readonly production: boolean;
  /** Nothing is written through this connection, nor is the platform called. */
  readonly readOnly: boolean;
  /** Where receipts are kept if the database may not hold the journal; undefined: in the user's state folder. */
  readonly journalFile: string | undefined;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** The longest wait for a row lock. */
  readonly lockTimeoutMs: number;
  /** How long to try to find out what became of a commit that was cut off. */
  readonly reconnectTimeoutMs: number;
}

/** How to reach the platform's API. */
export interface ApiSettings {
  readonly url: string;
  readonly token: Secret | undefined;
  readonly timeoutMs: number;
}

export interface Settings {
  readonly database: DatabaseSettings;
  readonly api: ApiSettings | undefined;
  /** The kind of flow to work on; undefined: discovery flows, or what a given flow turns out to be. */
  readonly kind: string | undefined;
}

const Milliseconds = z.coerce.number().int().min(1).max(3_600_000);

/** An empty variable is no variable: shells and CI systems export those. */
const Text = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));

const Switch = Text.transform((text) => text !== undefined && !/^(0|false|no|off)$/i.test(text));

const Environment = z.object({
  FLOWMEND_DATABASE_URL: Text,
  DATABASE_URL: Text,
  FLOWMEND_SCHEMA: Text,
  /** The name of a connection that is production. */
  FLOWMEND_PRODUCTION: Text,
  FLOWMEND_READ_ONLY: Switch,
  FLOWMEND_JOURNAL_FILE: Text,
  FLOWMEND_KIND: Text,
  FLOWMEND_API_URL: Text,
  FLOWMEND_API_TOKEN: Text,
  FLOWMEND_CONNECT_TIMEOUT_MS: Milliseconds.default(5_000),
  FLOWMEND_STATEMENT_TIMEOUT_MS: Milliseconds.default(30_000),
  FLOWMEND_LOCK_TIMEOUT_MS: Milliseconds.default(3_000),
  FLOWMEND_RECONNECT_TIMEOUT_MS: Milliseconds.default(15_000),
  FLOWMEND_API_TIMEOUT_MS: Milliseconds.default(10_000),
  PGHOST: Text,
  PGDATABASE: Text,
  PGUSER: Text,
});

/**
 * Reads the settings from environment variables: FLOWMEND_DATABASE_URL, else DATABASE_URL, else PG*; and
 * FLOWMEND_API_URL with FLOWMEND_API_TOKEN.
 * @throws Failure `settings-invalid`, naming the variable and never its value; `not-configured` without a database
 */
export function settingsFrom(environment: Record<string, string | undefined>): Settings {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new Failure('settings-invalid', `Not a usable value in ${names}.`, {
      next: 'Times are whole milliseconds from 1 to 3600000.',
    });
  }
  const env = parsed.data;
  const variable = env.FLOWMEND_DATABASE_URL ? 'FLOWMEND_DATABASE_URL' : 'DATABASE_URL';
  const url = env[variable];
  if (url === undefined && env.PGHOST === undefined && env.PGDATABASE === undefined && env.PGUSER === undefined) {
    throw new Failure('not-configured', 'No database is configured.', {
      next: 'Set FLOWMEND_DATABASE_URL (or DATABASE_URL, or the PG* variables), or try `flowmend demo`.',
    });
  }
  const label = url === undefined ? pgLabel(env) : urlLabel(databaseUrl(variable, url));
  return {
    database: {
      url: url === undefined ? undefined : new Secret(databaseUrl(variable, url).href),
      schema: env.FLOWMEND_SCHEMA,
      label,
      name: env.FLOWMEND_PRODUCTION ?? label,
      production: env.FLOWMEND_PRODUCTION !== undefined,
      readOnly: env.FLOWMEND_READ_ONLY,
      journalFile: env.FLOWMEND_JOURNAL_FILE,
      connectTimeoutMs: env.FLOWMEND_CONNECT_TIMEOUT_MS,
      statementTimeoutMs: env.FLOWMEND_STATEMENT_TIMEOUT_MS,
      lockTimeoutMs: env.FLOWMEND_LOCK_TIMEOUT_MS,
      reconnectTimeoutMs: env.FLOWMEND_RECONNECT_TIMEOUT_MS,
    },
    api: env.FLOWMEND_API_URL === undefined ? undefined : apiSettings(env.FLOWMEND_API_URL, env),
    kind: env.FLOWMEND_KIND,
  };
}

function databaseUrl(variable: string, text: string): URL {
  // SQLAlchemy spellings, `postgresql+asyncpg://…`, are what the platform's own services hold in this variable.
  const url = URL.parse(text.replace(/^(postgres(?:ql)?)\+[a-z0-9]+:/, '$1:'));
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new Failure('settings-invalid', `${variable} is not a PostgreSQL connection URL.`, {
      next: 'It should look like postgresql://user:password@host:5432/database (special characters percent-encoded).',
    });
  }
  return url;
}

function apiSettings(text: string, env: z.infer<typeof Environment>): ApiSettings {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new Failure('settings-invalid', 'FLOWMEND_API_URL is not an http or https address without credentials.', {
      next: 'It should look like https://platform.example.com; the token goes into FLOWMEND_API_TOKEN.',
    });
  }
  return {
    url: url.href.replace(/\/+$/, ''),
    token: env.FLOWMEND_API_TOKEN === undefined ? undefined : new Secret(env.FLOWMEND_API_TOKEN),
    timeoutMs: env.FLOWMEND_API_TIMEOUT_MS,
  };
}

function urlLabel(url: URL): string {
  const database = url.pathname.slice(1);
  return `${database || 'default database'} on ${url.host || 'localhost'}`;
}

function pgLabel(env: z.infer<typeof Environment>): string {
  return `${env.PGDATABASE ?? env.PGUSER ?? 'default database'} on ${env.PGHOST ?? 'localhost'}`;
}
