import { z } from 'zod';
import type { ApiSettings } from '../api/api-settings.ts';
import type { DatabaseSettings } from '../database/connection/database-settings.ts';
import { driverUrl, urlLabel, variablesLabel } from '../database/driver/driver-target.ts';
import { Failure } from '../failure.ts';
import { Secret } from '../secrets/secret.ts';
import { ways } from '../words/ways.ts';
import { type Configured, unconfigured } from './configuration.ts';
import { type ConnectionSource, environmentSource, type Given, namedSource } from './connection.ts';

export interface Settings {
  /** The name of the connection, in the configuration and as FLOWMEND_PRODUCTION; undefined where nothing names it. */
  readonly name: string | undefined;
  /** Real work depends on this database: every write asks for the connection's name to be typed, and for a reason. */
  readonly production: boolean;
  /** Nothing is written through this connection, nor is the platform called. */
  readonly readOnly: boolean;
  readonly database: DatabaseSettings;
  readonly api: ApiSettings | undefined;
  /** The kind of flow to work on; undefined: discovery flows, or what a given flow turns out to be. */
  readonly kind: string | undefined;
  readonly configuration: Configured;
}

const Milliseconds = z
  .string()
  .regex(/^[0-9]+$/)
  .transform(Number)
  .pipe(z.int().min(1).max(3_600_000));

const Times = z.object({
  FLOWMEND_CONNECT_TIMEOUT_MS: Milliseconds.default(5_000),
  FLOWMEND_STATEMENT_TIMEOUT_MS: Milliseconds.default(30_000),
  FLOWMEND_LOCK_TIMEOUT_MS: Milliseconds.default(3_000),
  FLOWMEND_RECONNECT_TIMEOUT_MS: Milliseconds.default(15_000),
  FLOWMEND_API_TIMEOUT_MS: Milliseconds.default(10_000),
});

export interface SettingsOptions {
  readonly configuration?: Configured;
  /** A connection by its name in the configuration, instead of the one that the environment describes. */
  readonly connection?: string | undefined;
  /** Where the connection leads, where a face knows it from elsewhere; the environment still gives times and tightens. */
  readonly source?: ConnectionSource;
}

/**
 * Makes the settings of one connection: of the named one, else of the environment: FLOWMEND_DATABASE_URL, else
 * DATABASE_URL, else PG*; FLOWMEND_READ_URL; and FLOWMEND_API_URL with FLOWMEND_API_TOKEN.
 * @throws Failure `settings-invalid`, naming the variable and never its value; `not-configured` without a database;
 * `usage` for a connection that is not configured
 */
export function settingsFrom(
  environment: Readonly<Record<string, string | undefined>>,
  { configuration = unconfigured, connection, source: given }: SettingsOptions = {},
): Settings {
  const parsed = Times.safeParse(environment);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new Failure('settings-invalid', `Not a usable value in ${names}.`, {
      next: 'Times are whole milliseconds from 1 to 3600000.',
    });
  }
  const times = parsed.data;
  const source = given ?? sourceIn(environment, configuration, connection);
  const marked = environment.FLOWMEND_PRODUCTION || undefined;
  const url = source.databaseUrl && databaseUrl(source.databaseUrl);
  const readUrl = source.readUrl && databaseUrl(source.readUrl);
  const label = labelOf(
    source,
    url && source.databaseUrl ? urlLabel(source.databaseUrl.variable, url) : pgLabel(environment, configuration),
  );
  return {
    name: jointName(source.name, marked),
    production: source.production || marked !== undefined,
    readOnly: source.readOnly || isOn(environment.FLOWMEND_READ_ONLY),
    database: {
      url: url && new Secret(url.href),
      readUrl: readUrl && new Secret(readUrl.href),
      schema: source.schema,
      label,
      readLabel:
        readUrl && source.readUrl
          ? labelOf(source, `${urlLabel(source.readUrl.variable, readUrl)}, the replica`)
          : label,
      journalFile: environment.FLOWMEND_JOURNAL_FILE || undefined,
      connectTimeoutMs: times.FLOWMEND_CONNECT_TIMEOUT_MS,
      statementTimeoutMs: times.FLOWMEND_STATEMENT_TIMEOUT_MS,
      lockTimeoutMs: times.FLOWMEND_LOCK_TIMEOUT_MS,
      reconnectTimeoutMs: times.FLOWMEND_RECONNECT_TIMEOUT_MS,
    },
    api: source.apiUrl && {
      url: apiAddress(source.apiUrl),
      token: source.apiToken && bearerToken(source.apiToken),
      timeoutMs: times.FLOWMEND_API_TIMEOUT_MS,
    },
    kind: environment.FLOWMEND_KIND || undefined,
    configuration,
  };
}

function sourceIn(
  environment: Readonly<Record<string, string | undefined>>,
  configuration: Configured,
  connection: string | undefined,
): ConnectionSource {
  return connection === undefined
    ? environmentSource(environment)
    : namedSource(connection, configuration, environment);
}

/**
 * The name of a connection that is called by several: whoever writes to it has to type all of them, so that nobody takes
 * one database for another.
 */
export function jointName(...names: readonly (string | undefined)[]): string | undefined {
  const words = names.flatMap((name) => name?.trim() || []);
  return words.length === 0 ? undefined : [...new Set(words)].join(' ');
}

/** What the connection is called before a write: by its name, else by its database. */
export function connectionName({ name, database }: Settings): string {
  return name ?? database.label;
}

/** A switch of the environment; an empty one is none. */
function isOn(text = ''): boolean {
  return text !== '' && !/^(0|false|no|off)$/i.test(text);
}

function databaseUrl({ variable, value }: Given): URL {
  // SQLAlchemy spellings, `postgresql+asyncpg://…`, are what the platform's own services hold in this variable.
  const url = parsedUrl(value.replace(/^(postgres(?:ql)?)\+[a-z0-9]+:/, '$1:'));
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new Failure('settings-invalid', `${variable} is not a PostgreSQL connection URL.`, {
      next: 'It should look like postgresql://user:password@host:5432/database (special characters percent-encoded).',
    });
  }
  return driverUrl(url);
}

function parsedUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function apiAddress({ variable, value }: Given): string {
  const url = parsedUrl(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /[?#]/.test(value)) {
    throw new Failure('settings-invalid', `${variable} is not a plain http or https address.`, {
      next: 'It should look like https://platform.example.com, without credentials, `?` or `#`; the token is given by itself.',
    });
  }
  return url.href.replace(/\/+$/, '');
}

/** A header takes neither line ends nor other characters than ASCII's; the HTTP client would call that unreachable. */
function bearerToken({ variable, value }: Given): Secret {
  if (/^[\x21-\x7e]+$/.test(value)) return new Secret(value);
  throw new Failure(
    'settings-invalid',
    `${variable} holds a space, a line end or another character that no token has.`,
    {
      next: 'Often it is the line end of a file that was read: give the token alone.',
    },
  );
}

/** A given label never hides which database it is: plans are bound to it, and people compare it before they write. */
function labelOf({ label }: ConnectionSource, database: string): string {
  return label === undefined ? database : `${label} (${database})`;
}

/** @throws Failure `not-configured` where the driver would have nothing to go by either */
function pgLabel(environment: Readonly<Record<string, string | undefined>>, given: Configured): string {
  const { PGHOST, PGDATABASE, PGUSER } = environment;
  if (!PGHOST && !PGDATABASE && !PGUSER) {
    const names = Object.keys(given.connections);
    throw new Failure('not-configured', 'No database is configured.', {
      next: names.length > 0 ? `Choose one with --connection: ${names.join(', ')}.` : ways().connect,
    });
  }
  return variablesLabel(environment);
}
