import type { TableName } from '../../database/sql/identifier.ts';
import { type Span, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';

/** A table by its whole name: names come from plan files, the journal and the catalog, and hold what they like. */
export function tableName({ schema, name }: TableName): string {
  return `${visible(schema)}.${visible(name)}`;
}

/** A stored value as it is shown: NULL by its name, everything else made safe. */
export function shown(value: string | null): string {
  return value === null ? 'NULL' : visible(value, 120);
}

/** What a wrong value should be; nothing where no particular value is right, since an arrow reads as an instruction. */
export function shouldBe(expected: string | null): Span[] {
  return expected === null ? [] : [span(' → ', 'dim'), span(shown(expected), 'good')];
}
