import sql, { join, type Sql } from 'sql-template-tag';
import { literal, literals } from './identifier.ts';

/** A json or jsonb expression with the type the catalog gave it: the two have functions of different names. */
export interface JsonExpression {
  readonly value: Sql;
  readonly type: string;
}

/** `object`, `array`, `string` …; null for SQL NULL. Never throws: it looks at the first token only. */
export function jsonShape(json: JsonExpression): Sql {
  return json.type === 'jsonb' ? sql`jsonb_typeof(${json.value})` : sql`json_typeof(${json.value})`;
}

/**
 * Number of keys of an object, reserved ones left out; null where it is no object. A `json` text may hold an escaped
 * NUL, which PostgreSQL cannot unpack: such an object counts as null too, instead of failing the whole scan.
 */
export function countKeys(json: JsonExpression, reserved: readonly string[]): Sql {
  const keys = json.type === 'jsonb' ? sql`jsonb_object_keys(${json.value})` : sql`json_object_keys(${json.value})`;
  const guard = json.type === 'jsonb' ? sql`true` : sql`position('\\u0000' in (${json.value})::text) = 0`;
  return sql`case when ${jsonShape(json)} = 'object' and ${guard}
    then (select count(*)::int from ${keys} as entry(name) where entry.name not in ${literals(reserved)}) end`;
}

/**
 * True where a value is an object with at least one key that is not reserved. Cheap for a scan: an object is not empty
 * exactly where its text holds a quote, and its keys are only unpacked where a reserved one may be among them.
 */
export function hasKeys(json: JsonExpression, reserved: readonly string[]): Sql {
  if (json.type === 'jsonb') {
    return sql`coalesce(jsonb_typeof(${json.value}) = 'object' and ${json.value} - ${[...reserved]}::text[] <> '{}', false)`;
  }
  const text = sql`(${json.value})::text`;
  const mayBeReserved = join(
    reserved.map((name) => sql`position(${literal(name)} in ${text}) > 0`),
    ' or ',
  );
  return sql`coalesce(json_typeof(${json.value}) = 'object' and position('"' in ${text}) > 0
    and (not (${mayBeReserved}) or ${countKeys(json, reserved)} > 0), false)`;
}

/** One member of a json or jsonb object, as the same type. */
export function member(json: JsonExpression, key: string): JsonExpression {
  return { type: json.type, value: sql`(${json.value} -> ${key}::text)` };
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
 * True where two values are objects that are equal but for reserved keys, whatever the order of keys. jsonb cannot hold
 * an escaped NUL; such texts are compared as they are.
 */
export function sameObject(a: JsonExpression, b: JsonExpression, reserved: readonly string[]): Sql {
  const rest = ({ value }: JsonExpression) => sql`${value}::jsonb - ${[...reserved]}::text[]`;
  return sql`coalesce(case
    when ${jsonShape(a)} is distinct from 'object' or ${jsonShape(b)} is distinct from 'object' then false
    when position('\\u0000' in ${a.value}::text || ${b.value}::text) > 0 then ${a.value}::text = ${b.value}::text
    else ${rest(a)} = ${rest(b)} end, false)`;
}
