import { Failure } from '../../failure.ts';
import { ways } from '../../words/ways.ts';
import { UNMAPPED, unmappedFailure } from './unmapped-character.ts';

/** Of a text that is no text in its encoding. */
export const NOT_UTF8 = '22021';

/** SQLSTATE -> what it means for the person. Codes: PostgreSQL's appendix "Error Codes". */
const BY_STATE: Record<string, (message: string) => Failure> = {
  '28P01': () => wrongPassword(),
  '28000': () => wrongPassword(),
  '3D000': (message) =>
    new Failure('no-such-database', sentence(message), { next: 'Check the database name in the connection.' }),
  '42501': (message) =>
    new Failure('no-rights', `The database role may not do this: ${sentence(message)}`, {
      next: 'Ask for the grants of docs/rights.md, or use another role.',
    }),
  '42704': unknownObject,
  '42P01': (message) => wrongSchema(message),
  '42703': (message) => wrongSchema(message),
  [NOT_UTF8]: (message) =>
    new Failure('wrong-data', `A text here is not UTF-8, and cannot be read: ${sentence(message)}`, {
      next: 'An SQL_ASCII database takes any bytes. Have the text corrected where it is stored; nothing was changed.',
    }),
  [UNMAPPED]: unmappedFailure,
  '25006': (message) =>
    new Failure('read-only', `This connection can only read: ${sentence(message)}`, {
      next: `Point ${ways().database} at the primary server, with a role that may write.`,
    }),
  '55P03': () =>
    new Failure('lock-timeout', 'Another session holds one of these rows; nothing was changed.', {
      next: 'Try again in a moment. The platform may be working on this flow right now.',
    }),
  '40P01': () =>
    new Failure('deadlock', 'PostgreSQL broke a deadlock by ending this transaction; nothing was changed.', {
      next: 'Try again: the other transaction went on and is done with these rows.',
    }),
  '40001': serialization,
  '57014': cancelled,
  '53100': (message) =>
    new Failure('disk-full', `The disk of the server is full: ${sentence(message)} The statement changed nothing.`, {
      next: 'Nothing can be written until there is room again; tell whoever runs the database.',
    }),
  '53000': outOfResources,
  '53200': outOfResources,
  '53300': noConnectionLeft,
  '53400': outOfResources,
  '57P01': () => noConnection('the server ended the connection, by an administrator or while shutting down'),
  '57P02': () => noConnection('the server crashed and ended all connections'),
  '57P03': (message) =>
    new Failure('in-recovery', `The server takes no connections yet: ${sentence(message)}`, {
      next: 'It is starting, stopping or recovering: try again in a moment.',
    }),
};

const NETWORK = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'EPIPE', 'EAI_AGAIN']);

/** Policies and views often ask who is reading by a setting of the session. */
function unknownObject(message: string): Failure {
  if (!/unrecognized configuration parameter/.test(message)) return answered(message, '42704');
  return new Failure('no-rights', `A policy or a view here asks for a setting of the session: ${sentence(message)}`, {
    next: 'Give it with the connection, like ?options=-c%20app.tenant%3D…, or use a role that the policies let by (BYPASSRLS).',
  });
}

/** A standby ends a reading statement by the code by which a primary ends one that writes what another wrote first. */
function serialization(message: string): Failure {
  if (/could not serialize/.test(message)) {
    return new Failure('serialization', 'Another transaction wrote the same rows first; nothing was changed.', {
      next: 'Try again: what stands there now is read anew.',
    });
  }
  return new Failure(
    'timed-out',
    'The replica ended the statement to go on replaying its primary; nothing was changed.',
    {
      next: 'Try again, or read from the primary server.',
    },
  );
}

/** Three things end a statement by the same code; only the words tell them apart, and only where they are English. */
function cancelled(message: string): Failure {
  if (/statement timeout/.test(message)) {
    return new Failure(
      'timed-out',
      'The statement took longer than its limit and was cancelled; nothing was changed.',
      {
        next: `Try again when the server is less busy, or raise ${ways().statementTimeout}.`,
      },
    );
  }
  if (/user request/.test(message)) {
    return new Failure('stopped-by-admin', 'Someone cancelled the statement on the server; nothing was changed.', {
      next: 'Ask who runs the database before you try again.',
    });
  }
  return new Failure(
    'timed-out',
    `The statement was cancelled on the server: ${sentence(message)} The statement changed nothing.`,
    {
      next: 'Its time limit or an administrator ended it.',
    },
  );
}

const POOLER_FULL = /no more connections allowed/;
const SERVER_FULL = /too many (connections for|clients already)|remaining connection slots are reserved/;
const WHEN_OTHERS_ENDED = 'Try again when others have ended theirs, or ask who runs the database for more.';

/** The server is there: it, or whoever runs it, has a bound, and others use all of it. */
function noConnectionLeft(message: string): Failure {
  const whose = /^too many connections (for .+)$/.exec(message)?.[1];
  const words = whose === undefined ? `: ${sentence(message)}` : ` ${whose}.`;
  return new Failure('server-full', `The server has no connection left${words}`, { next: WHEN_OTHERS_ENDED });
}

function poolerFull(message: string): Failure {
  return new Failure(
    'server-full',
    `The pooler on the way to this database has no connection left: ${sentence(message)}`,
    { next: WHEN_OTHERS_ENDED },
  );
}

function outOfResources(message: string): Failure {
  return new Failure(
    'server-full',
    `The server has no room left for this: ${sentence(message)} The statement changed nothing.`,
    {
      next: 'Try again when the server is less busy; tell whoever runs the database.',
    },
  );
}

/** Names what the database or the way to it said, in one line, without the connection string. */
export function databaseFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const { code, message, severity } = asServerError(thrown);
  if (/transaction blocks not allowed in statement pooling mode/.test(message)) {
    return Object.assign(statementPooling(), { cause: thrown });
  }
  if (POOLER_FULL.test(message)) return Object.assign(poolerFull(message), { cause: thrown });
  // A pooler passes on by a code of its own what the server said to it.
  if (code === '08P01' && SERVER_FULL.test(message)) return Object.assign(noConnectionLeft(message), { cause: thrown });
  // A standby refuses a transaction that may write by the code of a missing feature.
  if (code === '0A000' && /recovery/.test(message)) return Object.assign(standby(), { cause: thrown });
  const named = BY_STATE[code];
  if (named) return Object.assign(named(message), { cause: thrown });
  // An ERROR leaves this connection alive: the server itself could not reach another one, of a foreign table.
  if ((code.startsWith('08') && severity !== 'ERROR') || NETWORK.has(code))
    return noConnection(networkWords(code, message), thrown);
  if (/terminated|timeout|ended|not queryable|SSL/i.test(message) && !code) return noConnection(message, thrown);
  return answered(message, code, thrown);
}

function answered(message: string, code: string, cause?: unknown): Failure {
  return new Failure('database', `The database answered: ${sentence(message)}${code ? ` (${code})` : ''}`, { cause });
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
    next: `Check that it is up and that ${ways().connection} points to it.`,
    cause,
  });
}

export function standby(): Failure {
  return new Failure('read-only', 'This server is a read-only replica: nothing can be previewed or written here.', {
    next: `Point ${ways().database} at the primary server.`,
  });
}

/** Whoever runs the database said that nobody writes to it unasked: Flowmend does not set itself above that. */
export function setReadOnly(): Failure {
  return new Failure(
    'read-only',
    'This database, or this role in it, is set to read only (default_transaction_read_only), and Flowmend does not override it.',
    { next: 'Ask who runs the database, or use a role that may write.' },
  );
}

function statementPooling(): Failure {
  return new Failure(
    'statement-pooling',
    'The pooler on the way to this database hands out its connections by the statement, and Flowmend needs transactions.',
    { next: 'Connect to the server itself, or by a pool with pool_mode = transaction or session.' },
  );
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
