import { closedJson } from './closed-json.ts';
import { meaningAmongPeople, meaningOf } from './meaning.ts';
import { isSecret, withoutCredentials } from './secret-patterns.ts';
import { holdsFreeText, holdsRawValues, masked, namesPerson } from './sensitive.ts';

const MAX_FREE_TEXT = 80;
/** Nesting that a person can follow, and far below what a stack takes. */
const MAX_LEVELS = 200;

interface Redaction {
  /** What stands in a value's place; undefined leaves it, and its members are looked at. */
  value(key: string, value: unknown): { by: unknown } | undefined;
  /** A key, as it is written. */
  name(key: string): string;
  /** As what key a member counts, of an object that stands under another one. */
  meaning(name: string, owner: object, under: string): string;
}

const SECRETS: Redaction = {
  value(key, value) {
    if (value !== null && value !== '' && isSecret(key, value)) return { by: '[hidden]' };
    return typeof value === 'string' ? { by: withoutCredentials(value) } : undefined;
  },
  name: withoutCredentials,
  meaning: meaningOf,
};

const PERSONAL_DATA: Redaction = {
  value(key, value) {
    if (holdsRawValues(key, value)) return { by: shapeOf(value) };
    if (namesPerson(key) && isNamed(value)) return { by: '[person]' };
    if (typeof value !== 'string') return undefined;
    const text = masked(value);
    return { by: holdsFreeText(key) && text.length > MAX_FREE_TEXT ? `${text.slice(0, MAX_FREE_TEXT)}…` : text };
  },
  name: masked,
  meaning: meaningAmongPeople,
};

/**
 * A document whose secrets are hidden: under well-known keys at any depth, also inside texts that hold JSON or what a cut
 * left of it, and beside such a name in any text.
 */
export function withoutSecrets(document: unknown): unknown {
  return withoutSecretsUnder('', document);
}

/** The same of a value that stands under this key. */
export function withoutSecretsUnder(key: string, value: unknown): unknown {
  return replaced(key, value, SECRETS);
}

/**
 * A document without personal data: people by name or id, e-mail and IP addresses, phone numbers; free texts are cut, and
 * the values of raw records are replaced by their type and length. Ids of flows, records and tenants stay.
 */
export function withoutPersonalData(document: unknown): unknown {
  return replaced('', document, PERSONAL_DATA);
}

function isNamed(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function replaced(key: string, value: unknown, redaction: Redaction, depth = 0): unknown {
  if (depth > MAX_LEVELS) return '…';
  if (typeof value === 'string' && /^\s*[[{]/.test(value)) {
    const inside = jsonIn(value);
    const begun = inside === undefined ? jsonIn(closedJson(value) ?? '') : undefined;
    const json = inside ?? begun;
    if (json !== undefined) {
      const redone = replaced(key, json, redaction, depth);
      if (typeof redone === 'string') return redone;
      const text = JSON.stringify(redone);
      if (text !== written(json)) return begun === undefined ? text : `${text}…`;
      // A text in which nothing had to be replaced stays as it was written; what only begins like JSON has looks too.
      if (begun === undefined) return value;
    }
  }
  const replacement = redaction.value(key, value);
  if (replacement) return replacement.by;
  if (Array.isArray(value)) return value.map((one) => replaced(key, one, redaction, depth + 1));
  if (value === null || typeof value !== 'object') return value;
  const owner = value;
  return withMembers(owner, redaction.name, (name, one) =>
    replaced(redaction.meaning(name, owner, key), one, redaction, depth + 1),
  );
}

/** The value with its leaves replaced by type and length; the names of fields stay. */
function shapeOf(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object') {
    return withMembers(value, masked, (_, one) => shapeOf(one));
  }
  return `${typeof value}(${String(value).length})`;
}

/** The object with other members: keys that became alike are told apart by a number. */
function withMembers(
  owner: object,
  rename: (name: string) => string,
  become: (name: string, value: unknown) => unknown,
): object {
  const seen = new Map<string, number>();
  return Object.fromEntries(
    Object.entries(owner).map(([name, one]) => {
      const shown = rename(name);
      const times = (seen.get(shown) ?? 0) + 1;
      seen.set(shown, times);
      return [times === 1 ? shown : `${shown} ${times}`, become(name, one)];
    }),
  );
}

/** Undefined where it is nested deeper than a recursion goes. */
function written(json: unknown): string | undefined {
  try {
    return JSON.stringify(json);
  } catch {
    return undefined;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
