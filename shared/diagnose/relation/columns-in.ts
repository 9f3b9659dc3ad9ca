/**
 * A column of the relation in a predicate, `f.column`, or what only looks like one: strings in each of PostgreSQL's ways of
 * writing them, quoted names, comments.
 */
const COLUMN_OR_QUOTED =
  /\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\bf\.([a-z_]+)\b/g;

/** The columns of the flow relation that a predicate names. */
export function columnsIn(predicate: string): string[] {
  return [...predicate.matchAll(COLUMN_OR_QUOTED)].flatMap(([, , name]) => (name === undefined ? [] : [name]));
}

/** The predicate with other expressions in place of some columns. */
export function replaceColumns(predicate: string, by: Readonly<Record<string, string>>): string {
  return predicate.replaceAll(COLUMN_OR_QUOTED, (found, _tag, name?: string) =>
    name === undefined ? found : (by[name] ?? found),
  );
}
