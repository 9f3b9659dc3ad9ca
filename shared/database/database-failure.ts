import { Failure } from '../failure.ts';

/** SQLSTATE -> what it means for the person. Codes: PostgreSQL's appendix "Error Codes". */
const BY_STATE: Record<string, (message: string) => Failure> = {
  '28P01': () => wrongPassword(),
  '28000': () => wrongPassword(),
  '3D000': (message) =>
    new Failure('no-such-database', sentence(message), { next: 'Check the database name in the connection.' }),
  '42501': (message) =>
    new Failure('no-rights', `The database role may not do this: ${sentence(message)}`, {
      next: 'Ask for the grants listed under "Rights" in the README, or use another role.',
    }),
  '42P01': (message) => wrongSchema(message),
  '42703': (message) => wrongSchema(message),
  '25006': (message) =>
    new Failure('read-only', `This connection can only read: ${sentence(message)}`, {
      next: 'Point FLOWMEND_DATABASE_URL at the primary server, with a role that may write.',
    }),
  '55P03': () =>
    new Failure('lock-timeout', 'Another session holds one of these rows; nothing was changed.', {
      next: 'Try again in a moment. The platform may be working on this flow right now.',
    }),
  '40P01': () =>
    new Failure('lock-timeout', 'PostgreSQL broke a deadlock by ending this transaction; nothing was changed.', {
      next: 'Try again.',
    }),
  '57014': () =>
    new Failure('timed-out', 'The statement took longer than its limit and was cancelled; nothing was changed.', {
      next: 'Try again when the server is less busy.',
    }),
  // Transactions are read committed: only a standby ends a statement so.
  '40001': () =>
    new Failure('timed-out', 'The replica ended the statement to go on replaying its primary; nothing was changed.', {
      next: 'Try again, or read from the primary server.',
    }),
  '53300': (message) => noConnection(message),
  '57P01': () => noConnection('the server ended the connection'),
  '57P03': (message) => noConnection(message),
};

const NETWORK = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'EPIPE', 'EAI_AGAIN']);

/** Names what the database or the way to it said, in one line, without the connection string. */
export function databaseFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const { code, message, severity } = asServerError(thrown);
  const named = BY_STATE[code];
  if (named) return Object.assign(named(message), { cause: thrown });
  // An ERROR leaves this connection alive: the server itself could not reach another one, of a foreign table.
  if ((code.startsWith('08') && severity !== 'ERROR') || NETWORK.has(code))
    return noConnection(networkWords(code, message), thrown);
  if (/terminated|timeout|ended|not queryable|SSL/i.test(message) && !code) return noConnection(message, thrown);
  return new Failure('database', `The database answered: ${sentence(message)}${code ? ` (${code})` : ''}`, {
    cause: thrown,
  });
}

/**
 * What the server itself said, of a Failure that was made of it: the SQLSTATE (empty where there is none), its words, and the
 * character of the statement, from 0, that it means.
 */
export function serverError(failure: unknown): { state: string; message: string; position: number | undefined } {
  const cause = failure instanceof Failure ? failure.cause : failure;
  const { code, message } = asServerError(cause);
  const position = Number((cause as { position?: unknown } | undefined)?.position);
  return { state: code, message, position: position > 0 ? position - 1 : undefined };
}

function asServerError(thrown: unknown): { code: string; message: string; severity: unknown } {
  // Node reports one error per address it tried, inside an AggregateError without a message.
  const one = thrown instanceof AggregateError ? (thrown.errors[0] as unknown) : thrown;
  if (!(one instanceof Error)) return { code: '', message: String(one), severity: undefined };
  const { code, severity } = one as { code?: unknown; severity?: unknown };
  return { code: typeof code === 'string' ? code : '', message: one.message, severity };
}

function noConnection(message: string, cause?: unknown): Failure {
  return new Failure('no-connection', `No connection to the database: ${sentence(message)}`, {
    next: 'Check that it is up and that the connection (FLOWMEND_DATABASE_URL, FLOWMEND_READ_URL, DATABASE_URL or PG*) points to it.',
    cause,
  });
}

function wrongPassword(): Failure {
  return new Failure('wrong-password', 'The database refused this user and password.', {
    next: 'Check the user and the password in the connection.',
  });
}

function wrongSchema(message: string): Failure {
  return new Failure('wrong-schema', `This database does not look as expected: ${sentence(message)}`, {
    next: 'Check that the connection points to the database of the platform.',
  });
}

function networkWords(code: string, message: string): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name is unknown';
  return message || code;
}

function sentence(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.endsWith('.') ? line : `${line}.`;
}
