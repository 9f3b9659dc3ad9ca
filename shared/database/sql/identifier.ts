import { raw, type Sql } from 'sql-template-tag';

/** A table by schema and name, as the catalog found it. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** Quotes one identifier. The only way a name from the catalog or the model gets into a statement. */
export function ident(name: string): Sql {
  return raw(quoted(name));
}

/** A column behind a table alias: `alias."column"`. */
export function column(alias: string, name: string): Sql {
  return raw(`${alias}.${quoted(name)}`);
}

export function tableIdent(table: TableName): Sql {
  return raw(`${quoted(table.schema)}.${quoted(table.name)}`);
}

/**
 * A string constant inside a statement, where a parameter would stop PostgreSQL from planning or inlining.
 * For words of the flow model; values of rows are always parameters.
 */
export function literal(text: string): Sql {
  if (text.includes('\0')) throw new TypeError('A literal cannot hold a NUL.');
  const escaped = text.replaceAll("'", "''");
  return raw(text.includes('\\') ? ` E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`);
}

/** `('a', 'b')` for an IN list; never empty. */
export function literals(texts: readonly string[]): Sql {
  if (texts.length === 0) return raw('(null)');
  return raw(`(${texts.map((text) => literal(text).sql).join(', ')})`);
}

function quoted(name: string): string {
  if (name.includes('\0')) throw new TypeError('An identifier cannot hold a NUL.');
  return `"${name.replaceAll('"', '""')}"`;
}
