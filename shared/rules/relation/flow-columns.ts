import { raw, type Sql } from 'sql-template-tag';
import { FlowRow } from './flow-row.ts';

/** The columns of the flow relation as SQL: a name that is none does not compile. */
export type FlowColumns = Readonly<Record<keyof FlowRow, Sql>>;

const NAMES = Object.keys(FlowRow.shape) as (keyof FlowRow)[];

/** The columns of the relation behind an alias. */
export function flowColumns(alias: string): FlowColumns {
  return columnsBy((name) => raw(`${alias}.${name}`));
}

/** The columns that an expression is made of, found by making it. */
export function columnsUsedBy(make: (columns: FlowColumns) => unknown): (keyof FlowRow)[] {
  const used = new Set<keyof FlowRow>();
  make(
    columnsBy((name) => {
      used.add(name);
      return raw(name);
    }),
  );
  return [...used];
}

/** Each column is made when it is read. */
function columnsBy(make: (name: keyof FlowRow) => Sql): FlowColumns {
  const columns = {};
  for (const name of NAMES) Object.defineProperty(columns, name, { enumerable: true, get: () => make(name) });
  return columns as FlowColumns;
}
