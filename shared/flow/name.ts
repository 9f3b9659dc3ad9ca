import { z } from 'zod';

/** The name of a table or column as it stands in the database; quoted wherever it meets SQL. */
export const Name = z.string().min(1).max(63);

/** What stands where a kind of flow has no such column or table: a name that none has, since it holds parentheses. */
const never = (what: string) => `(no ${what})`;

/** True for the name of a column or table that this kind of flow never has, on any install. */
export function isNever(name: string): boolean {
  return name.startsWith('(no ');
}

/** A column that a kind of flow may not have. */
export const optional = (what: string) =>
  Name.nullable()
    .default(null)
    .transform((name) => name ?? never(what));

/** A table that a kind of flow may not have: then neither it nor one of its columns is there. */
export function optionalTable<C extends z.ZodRawShape>(what: string, columns: z.ZodObject<C>) {
  const nothing = Object.fromEntries(Object.keys(columns.shape).map((key) => [key, never(key)]));
  return z
    .strictObject({ table: Name, columns })
    .nullable()
    .default(null)
    .transform((table) => table ?? { table: never(what), columns: columns.parse(nothing) });
}
