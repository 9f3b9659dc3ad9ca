import sql, { join, type Sql } from 'sql-template-tag';
import { literal, literals } from './identifier.ts';
import { type Table, typeOf } from './table.ts';

/** What PostgreSQL can do with a JSON column: json and jsonb have functions of different names. */
export interface JsonType {
  readonly type: string;
  /** Of the server. */
  readonly release: number;
}

/** A json or jsonb expression with the type the catalog gave it. */
export interface JsonExpression extends JsonType {
  readonly value: Sql;
}

export function jsonType(table: Table, name: string): JsonType {
  return { type: typeOf(table, name), release: table.release };
}

/** `object`, `array`, `string` …; null for SQL NULL. Never throws: it looks at the first token only. */
export function jsonShape(json: JsonExpression): Sql {
  return json.type === 'jsonb' ? sql`jsonb_typeof(${json.value})` : sql`json_typeof(${json.value})`;
}

/**
 * The value as jsonb, or NULL where PostgreSQL cannot make one: a `json` column keeps texts that jsonb refuses, with
 * escaped NULs, halves of surrogate pairs or numbers of half a million digits. One such row must not fail a whole scan.
 */
export function asJsonb(json: JsonExpression): Sql {
  if (json.type === 'jsonb') return json.value;
  return sql`case when ${isJsonb(json)} then (${json.value})::jsonb end`;
}

/** The first release that can be asked whether a text is a value of a type. */
const TELLS_VALID = 16;

/** An escaped NUL, half of a surrogate pair or a whole one, a number with an exponent or of very many digits. */
const DOUBTFUL = '\\\\u(0000|[dD][89a-fA-F])|(^|[:,[[:space:]])-?[0-9]+([.][0-9]+)?[eE]|[0-9]{255}';

/**
 * True for a `json` text that jsonb takes. Only escapes and numbers can keep it from that; to look for these costs less than
 * to parse the text once more. An older server cannot be asked, and what is doubtful is taken to be no jsonb.
 */
function isJsonb({ value, release }: JsonExpression): Sql {
  const text = sql`(${value})::text`;
  if (release < TELLS_VALID) {
    const anyEscape = sql`(getdatabaseencoding() = 'UTF8' or position(${literal('\\u')} in ${text}) = 0)`;
    return sql`(${text} !~ ${literal(DOUBTFUL)} and ${anyEscape})`;
  }
  const plain = sql`octet_length(${text}) < 10000 and ${text} !~ ${literal('\\\\|[0-9.][eE]')}`;
  return sql`(${plain} or pg_input_is_valid(${text}, 'jsonb'))`;
}

/**
 * The value as it is stored, or NULL where PostgreSQL cannot look into it: taking a member out of such a `json` text fails
 * the whole statement.
 */
export function unpackable(json: JsonExpression): JsonExpression {
  if (json.type === 'jsonb') return json;
  return { ...json, value: sql`(case when ${isJsonb(json)} then ${json.value} end)` };
}

/** True for a text that is {@link unpackable} to nothing. */
export function isPassedOver(json: JsonExpression): Sql {
  return json.type === 'jsonb' ? sql`false` : sql`coalesce(not ${isJsonb(json)}, false)`;
}

/** Number of keys of an object, reserved ones left out; null where it is no object, or one that cannot be unpacked. */
export function countKeys(json: JsonExpression, reserved: readonly string[]): Sql {
  return sql`case when ${jsonShape(json)} = 'object'
    then (select count(entry.name)::int from jsonb_object_keys(${asJsonb(json)}) as entry(name)
      where entry.name not in ${literals(reserved)} having ${asJsonb(json)} is not null) end`;
}

/**
 * True where a value is an object with at least one key that is not reserved; one that cannot be unpacked is taken to
 * have some. No subquery, so that a scan can ask it in parallel; and cheap: a `json` object is not empty exactly where
 * its text holds a quote, and it is only unpacked where a reserved key may be among its keys.
 */
export function hasKeys(json: JsonExpression, reserved: readonly string[]): Sql {
  const some = sql`${withoutKeys(json, reserved)} <> '{}'`;
  if (json.type === 'jsonb') {
    return sql`coalesce(jsonb_typeof(${json.value}) = 'object' and ${some}, false)`;
  }
  return sql`coalesce(json_typeof(${json.value}) = 'object' and position('"' in (${json.value})::text) > 0
    and (not ${mayHoldAny(json, reserved)} or coalesce(${some}, true)), false)`;
}

/** An object as jsonb without some of its keys; nothing is copied where it has none of them. */
function withoutKeys(json: JsonExpression, reserved: readonly string[]): Sql {
  const value = asJsonb(json);
  const names = sql`${[...reserved]}::text[]`;
  return json.type === 'jsonb'
    ? sql`(case when ${value} ?| ${names} then ${value} - ${names} else ${value} end)`
    : sql`(case when ${mayHoldAny(json, reserved)} then (${value}) - ${names} else ${value} end)`;
}

/** False where none of the words is anywhere in the text of a json value. */
function mayHoldAny(json: JsonExpression, words: readonly string[]): Sql {
  const found = words.map((word) => sql`position(${literal(word)} in (${json.value})::text) > 0`);
  return sql`(${join([sql`false`, ...found], ' or ')})`;
}

/** One member of a json or jsonb object that is {@link unpackable}, as the same type. */
export function member(json: JsonExpression, key: string): JsonExpression {
  return { ...json, value: sql`(${json.value} -> ${key}::text)` };
}

/** A text[] of column names and values for `jsonb_object`, which takes any number of columns. */
export function textObject(entries: readonly (readonly [name: string, value: Sql])[]): Sql {
  if (entries.length === 0) return sql`'{}'::jsonb`;
  const names = entries.map(([name]) => name);
  return sql`jsonb_object(${names}::text[], array[${join(
    entries.map(([, value]) => sql`(${value})::text`),
    ', ',
  )}])`;
}

/**
 * True where two values are objects that are equal but for reserved keys, whatever the order of keys. Texts that jsonb
 * cannot hold are compared as they are.
 */
export function sameObject(a: JsonExpression, b: JsonExpression, reserved: readonly string[]): Sql {
  const rest = (json: JsonExpression) => withoutKeys(json, reserved);
  return sql`coalesce(case
    when ${jsonShape(a)} is distinct from 'object' or ${jsonShape(b)} is distinct from 'object' then false
    else coalesce(${rest(a)} = ${rest(b)}, ${a.value}::text = ${b.value}::text) end, false)`;
}
