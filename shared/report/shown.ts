import type { TableName } from '../database/identifier.ts';
import { visible } from './visible.ts';

/** A table by its whole name: names come from plan files, the journal and the catalog, and hold what they like. */
export function tableName({ schema, name }: TableName): string {
  return `${visible(schema)}.${visible(name)}`;
}

/** A stored value as it is shown: NULL by its name, everything else made safe. */
export function shown(value: string | null): string {
  return value === null ? 'NULL' : visible(value, 120);
}
