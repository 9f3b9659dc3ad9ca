import sql, { type Sql } from 'sql-template-tag';
import { literal } from './identifier.ts';
import type { Table } from './table.ts';

/** In a database that is SQL_ASCII every byte is a character of its own, and a range of them one of numbers. */
const ANY_HIGH = '[\\x80-\\xff]';
const UTF8 = [
  '[\\x01-\\x7f]',
  '[\\xc2-\\xdf][\\x80-\\xbf]',
  '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
  '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
  '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
  '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
  '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
  '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
].join('|');

/** In an SQL_ASCII database a text may be no text in any encoding. */
export function takesAnyBytes({ encoding }: Pick<Table, 'encoding'>): boolean {
  return encoding === 'SQL_ASCII';
}

/**
 * True where a text of an SQL_ASCII database is not UTF-8: the server passes such a database's bytes on as they are, and
 * fails the whole statement where a client is not to have them.
 */
export function isUnreadable(text: Sql): Sql {
  return sql`coalesce(${text} ~ ${literal(ANY_HIGH)} and ${text} !~ ${literal(`^(${UTF8})*$`)}, false)`;
}

/** True where a text holds the character of these bytes, hexadecimal digits, in the encoding of the database. */
export function holdsCharacter(text: Sql, bytes: string): Sql {
  return sql`coalesce(strpos(${text}, convert_from(decode(${bytes}, 'hex'), getdatabaseencoding())) > 0, false)`;
}

const TEXTS = ['text', 'character varying', 'character', 'name'];

export function isText({ columns }: Table, name: string): boolean {
  return columns.some((one) => one.name === name && TEXTS.includes(one.type));
}

/** Such a text with a question mark for each byte that is not ASCII; any other as it is. */
export function readableText(text: Sql): Sql {
  return sql`case when ${isUnreadable(text)} then regexp_replace(${text}, ${literal(ANY_HIGH)}, '?', 'g') else ${text} end`;
}
