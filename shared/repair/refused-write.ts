import type { Catalog } from '../database/catalog.ts';
import { Failure } from '../failure.ts';
import { WritableRecord } from './change.ts';

/** SQLSTATEs by which a database refuses the content of a row: its constraints, its types, its triggers, its policies. */
const CONTENT = /^(23...|22...|428C9|44000|P0001)$/;

interface ServerError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly constraint?: unknown;
  readonly schema?: unknown;
}

/**
 * What the database said against the content of a write, with the condition that it demands where the catalog has it;
 * undefined where something else went wrong.
 */
export function refusedWrite(catalog: Catalog, thrown: unknown): string | undefined {
  if (!(thrown instanceof Failure)) return undefined;
  const { code, message, constraint, schema } = (thrown.cause ?? {}) as ServerError;
  // The receipt is written along with the rows: what is wrong with the journal is wrong with no flow.
  if (schema === 'flowmend') return undefined;
  const policy = code === '42501' && /row-level security/.test(String(message));
  if (typeof code !== 'string' || !(CONTENT.test(code) || policy)) return undefined;
  const check = WritableRecord.options
    .flatMap((record) => catalog[record].checks)
    .find(({ name }) => name === constraint);
  return `the database refuses it: ${message}${check ? `; it demands ${check.expression}` : ''}`;
}
