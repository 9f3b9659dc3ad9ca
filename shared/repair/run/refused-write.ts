import type { Catalog } from '../../database/catalog/catalog.ts';
import { ON_THE_WAY, UNMAPPED, unmappedCharacter } from '../../database/driver/unmapped-character.ts';
import { Failure } from '../../failure.ts';
import { WritableRecord } from '../../flow/change.ts';
import { NEW_RULE, updateRules } from '../plan/update-rules.ts';

/**
 * SQLSTATEs that say nothing of one row: the connection, what is not supported, the session and its transaction, a database,
 * role, schema, table or column, the syntax, resources, locks, an operator, the server, its configuration, a foreign server,
 * a fault of PostgreSQL. All others speak of what was written, those that an install made up for its triggers too; so do what
 * a computed column is given (428C9), and the state of an object (55000), which triggers raise for a row.
 */
const ELSEWHERE = /^(08|0A|25|26|28|2D|3D|3F|40|42(?!8C9)|53|54|55(?!000)|57|58|72|F0|HV|XX)/;

interface ServerError {
  readonly code?: unknown;
  readonly severity?: unknown;
  readonly message?: unknown;
  readonly constraint?: unknown;
  readonly schema?: unknown;
  /** The place in PostgreSQL's own code. */
  readonly routine?: unknown;
}

/** How PostgreSQL refuses what a repair writes where the table has a rule (CREATE RULE). */
const BY_RULE = { codes: ['0A000', '42P17'], routine: 'RewriteQuery' };

/**
 * What the database said against the content of a write, with the condition that it demands where the catalog has it;
 * undefined where something else went wrong.
 */
export function refusedWrite(catalog: Catalog, thrown: unknown): string | undefined {
  if (!(thrown instanceof Failure)) return undefined;
  const { code, severity, message, constraint, schema, routine } = (thrown.cause ?? {}) as ServerError;
  // The receipt is written along with the rows: what is wrong with the journal is wrong with no flow.
  if (schema === 'flowmend') return undefined;
  const policy = code === '42501' && /row-level security/.test(String(message));
  // What broke on the way to the server has a code too, but no severity.
  if (typeof code !== 'string' || typeof severity !== 'string') return undefined;
  if (BY_RULE.codes.includes(code) && routine === BY_RULE.routine) {
    return WritableRecord.options.flatMap((record) => updateRules(catalog[record])).join('; ') || NEW_RULE;
  }
  if (ELSEWHERE.test(code) && !policy) return undefined;
  // What is written comes from the database itself; a reason, or the name of who writes, is of no flow.
  const sent = code === UNMAPPED ? unmappedCharacter(String(message)) : undefined;
  if (sent?.from === ON_THE_WAY && sent.to === catalog.child.encoding) return undefined;
  const check = WritableRecord.options
    .flatMap((record) => catalog[record].checks)
    .find(({ name }) => name === constraint);
  return `the database refuses it: ${message}${check ? `; it demands ${check.expression}` : ''}`;
}
