import { Failure } from '../failure.ts';

const NAMED = /^[0-9a-f-]{1,36}$/;

/** The smallest and the largest uuid that begin with a prefix: a range that the index on flow_id can answer. */
export interface IdRange {
  readonly from: string;
  readonly to: string;
}

/**
 * Reads what a person typed as a flow id: a whole uuid or a prefix of its hexadecimal digits.
 * @throws Failure `malformed-id`
 */
export function parseIdPrefix(typed: string): IdRange {
  const id = typed.trim().toLowerCase();
  const digits = id.replaceAll('-', '');
  if (!NAMED.test(id) || digits === '' || digits.length > 32 || !uuidOf(digits, '0').startsWith(id)) {
    throw new Failure('malformed-id', `"${typed.slice(0, 60)}" is not a flow id.`, {
      next: 'Give the whole id, like 1e640262-4332-4087-ac4e-1674b08cd8f2, or the digits that it begins with.',
    });
  }
  return { from: uuidOf(digits, '0'), to: uuidOf(digits, 'f') };
}

function uuidOf(digits: string, filler: string): string {
  const all = digits.padEnd(32, filler);
  return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join('-');
}
