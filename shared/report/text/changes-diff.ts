import type { RowChange } from '../../repair/document/row-change.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { tableName } from '../marks/shown.ts';

/** Rows before and after as a unified diff: a row is a file, a changed column a line. */
export function changesDiff(changes: readonly RowChange[]): Line[] {
  return changes
    .filter(({ columns }) => columns.length > 0)
    .flatMap(({ table, key, columns }): Line[] => [
      [span(`--- ${tableName(table)}/${visible(key)}`, 'title')],
      [span(`+++ ${tableName(table)}/${visible(key)}`, 'title')],
      [span(`@@ -1,${columns.length} +1,${columns.length} @@`, 'note')],
      ...columns.map(({ column, before }): Line => [span(`-${assignment(column, before)}`, 'bad')]),
      ...columns.map(({ column, after }): Line => [span(`+${assignment(column, after)}`, 'good')]),
    ]);
}

function assignment(column: string, value: string | null): string {
  return value === null ? `${visible(column)} is NULL` : `${visible(column)} = ${visible(value, value.length)}`;
}
