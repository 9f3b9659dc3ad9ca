import { holdsFreeText, holdsRawValues, isSecret, masked, namesPerson, withoutCredentials } from './sensitive.ts';

const MOST_FREE_TEXT = 80;
/** Nesting that a person can follow, and far below what a stack takes. */
const MOST_LEVELS = 200;

/** What stands in a value's place; undefined leaves it, and its members are looked at. */
type Replace = (key: string, value: unknown) => { by: unknown } | undefined;

/**
 * A document whose secrets are hidden: under well-known keys at any depth, also inside texts that hold JSON, and beside
 * such a name in any text.
 */
export function withoutSecrets(document: unknown): unknown {
  return withoutSecretsUnder('', document);
}

/** The same of a value that stands under this key. */
export function withoutSecretsUnder(key: string, value: unknown): unknown {
  return replaced(key, value, (key, value) => {
    if (value !== null && value !== '' && isSecret(key, value)) return { by: '[hidden]' };
    return typeof value === 'string' ? { by: withoutCredentials(value) } : undefined;
  });
}

/**
 * A document without personal data: people by name or id, e-mail and IP addresses, phone numbers; free texts are cut, and
 * the values of raw records are replaced by their type and length. Ids of flows, records and tenants stay.
 */
export function withoutPersonalData(document: unknown): unknown {
  return replaced('', document, (key, value) => {
    if (holdsRawValues(key)) return { by: shapeOf(value) };
    if (namesPerson(key) && value !== null && typeof value !== 'object') return { by: '[person]' };
    if (typeof value !== 'string') return undefined;
    const text = masked(value);
    return { by: holdsFreeText(key) && text.length > MOST_FREE_TEXT ? `${text.slice(0, MOST_FREE_TEXT)}…` : text };
  });
}

function replaced(key: string, value: unknown, replace: Replace, depth = 0): unknown {
  if (depth > MOST_LEVELS) return '…';
  if (typeof value === 'string') {
    const inside = jsonIn(value);
    if (inside !== undefined) {
      const redone = replaced(key, inside, replace, depth);
      if (typeof redone === 'string') return redone;
      const text = JSON.stringify(redone);
      // A text in which nothing had to be replaced stays as it was written.
      return text === JSON.stringify(inside) ? value : text;
    }
  }
  const replacement = replace(key, value);
  if (replacement) return replacement.by;
  if (Array.isArray(value)) return value.map((one) => replaced(key, one, replace, depth + 1));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([name, one]) => [name, replaced(meaningOf(name, value), one, replace, depth + 1)]),
  );
}

/**
 * Under which key a member belongs. Where a document says beside a value which column or field it is of, that name
 * decides; an error's text in a sentence of ours is still an error.
 */
function meaningOf(name: string, owner: object): string {
  const beside = new Map<string, unknown>(Object.entries(owner));
  const [column, where] = [beside.get('column'), beside.get('where')];
  if (VALUES_OF_COLUMN.has(name) && typeof column === 'string') return column;
  const called = beside.get('name') ?? beside.get('key');
  if (name === 'value' && typeof called === 'string') return called;
  if (name === 'text' && typeof where === 'string') return where.split('.').at(-1) ?? name;
  if (name === 'message' && beside.has('rule')) return 'finding';
  if (name === 'why' && beside.get('state') === 'BLOCKED') return 'error';
  return name;
}

const VALUES_OF_COLUMN: ReadonlySet<string> = new Set(['before', 'after', 'found', 'expected', 'value']);

/** The value with its leaves replaced by type and length; the names of fields stay. */
function shapeOf(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [masked(name), shapeOf(one)]));
  }
  return `${typeof value}(${String(value).length})`;
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
