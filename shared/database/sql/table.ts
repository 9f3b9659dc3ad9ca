import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { NamedServer } from './server-identity.ts';

const Column = z.object({
  name: z.string(),
  /** Type without its length, as PostgreSQL writes it: `character varying`, `jsonb`, `uuid` … */
  type: z.string(),
  /** Most characters a varchar(n) or char(n) takes. */
  length: z.number().nullable(),
  /** Decimals that a column of whole numbers or of numeric(p, s) keeps; null for any other. */
  decimals: z.number().nullable(),
  notNull: z.boolean(),
  /** By a constraint of the table, also behind a simple view: no row lacks it, and no two have the same. */
  identifies: z.boolean(),
  generated: z.boolean(),
  /** Of a uuid that may be missing: in what share of the rows it is, from 0 to 1, by the server's statistics, if it has any. */
  nulls: z.number().nullable(),
  /** The values of an enum type, else null. */
  labels: z.array(z.string()).nullable(),
  /** Functions that are not PostgreSQL's own and run when it is read: it is not. Null where there are none. */
  code: z.string().nullable(),
  readable: z.boolean(),
  /** This role may update it. */
  writable: z.boolean(),
});

export const FoundTable = z.object({
  schema: z.string(),
  name: z.string(),
  /** Of the server. */
  release: z.number(),
  /** The same for each table. */
  server: NamedServer,
  /** Of the database, as PostgreSQL calls it. */
  encoding: z.string(),
  /** Rows that policies hide from this role are not there for it. */
  row_security: z.boolean(),
  /** False for a view that PostgreSQL can neither lock nor write through. */
  updatable: z.boolean(),
  writable: z.boolean(),
  /** What reading it runs that is not PostgreSQL's own, or may change something: by the query of a view, by policies. */
  code: z.string().nullable(),
  /** Rules (CREATE RULE) through which no repair can write. */
  update_rules: z.array(z.string()),
  /** Something of the install acts after an update: what that returns need not be what stands in the rows then. */
  acts_after_update: z.boolean(),
  columns: z.array(Column),
  checks: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.string()).nullable(),
      expression: z.string(),
      /** Of a domain of its one column, which the expression calls VALUE. */
      ofDomain: z.boolean(),
      /** Why it is not evaluated here; null where all in it is built in and immutable. */
      unjudged: z.string().nullable(),
    }),
  ),
  foreign_keys: z.array(
    z.object({
      name: z.string(),
      column: z.string(),
      targetSchema: z.string(),
      targetTable: z.string(),
      targetColumn: z.string(),
      /** This role sees every row that it can point to. */
      targetReadable: z.boolean(),
    }),
  ),
  /** Marks of a later generation of the platform that its schema has. */
  later_marks: z.array(z.string()),
});

export type Column = z.infer<typeof Column>;
export type FoundTable = z.infer<typeof FoundTable>;

/** A table of the flow model as this install has it. `columns` holds those that this role may read and that fit. */
export interface Table extends FoundTable {
  /** False where the install has no such table, or this role may not read what Flowmend needs of it. */
  readonly exists: boolean;
  /** Columns of the model that the table lacks: they read as NULL of this type. */
  readonly absent: readonly { name: string; type: string }[];
  /** Those of them that this role may not read. */
  readonly denied: readonly string[];
  /** Columns that are read out of a JSON column: true where it has the key. */
  readonly fromJson: readonly { name: string; from: string; key: string; type: string }[];
}

/** A column of a table by name. The catalog has checked that the model's columns exist, so absence is a fault. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Failure('wrong-schema', `${table.schema}.${table.name} has no column ${name}.`);
  return column;
}

/** The type of a column as statements read it: of a stored one, or of what stands in for an absent one. */
export function typeOf(table: Table, name: string): string {
  return table.absent.find((column) => column.name === name)?.type ?? columnOf(table, name).type;
}

/** True where the column is stored in this install. */
export function isStored(table: Table, name: string): boolean {
  return table.exists && table.columns.some((column) => column.name === name);
}

/** True where the database itself works out what the column holds. */
export function isComputed(table: Table, name: string): boolean {
  return table.columns.some((column) => column.name === name && column.generated);
}
