import sql, { join } from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../database/catalog.ts';
import { guardImage } from '../database/guard-image.ts';
import { column, literal, tableIdent } from '../database/identifier.ts';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader } from '../database/reader.ts';
import { WritableRecord } from './change.ts';
import { KEY } from './lock-rows.ts';
import type { Step } from './plan.ts';

/** Every column of some rows as guards say it, by `record key`. */
export type RowImages = ReadonlyMap<string, Readonly<Record<string, string | null>>>;

const Found = z.object({
  record: WritableRecord,
  key: z.string(),
  image: z.record(z.string(), z.string().nullable()),
});

/** What stands in the rows of these steps now: one statement. */
export async function rowImages(reader: Reader, catalog: Catalog, steps: readonly Step[]): Promise<RowImages> {
  const parts = WritableRecord.options.flatMap((record) => {
    const keys = steps.filter((step) => step.record === record).map(({ key }) => key);
    const table = catalog[record];
    const names = table.columns.map(({ name }) => name);
    return keys.length === 0
      ? []
      : [
          sql`select ${literal(record)} as record, ${column('t', KEY)}::text as key,
            ${guardImage(table, 't', names)} as image
            from ${tableIdent(table)} t where ${column('t', KEY)} = any(${keys}::uuid[])`,
        ];
  });
  if (parts.length === 0) return new Map();
  const rows = parseAnswer(z.array(Found), await reader.read(join(parts, ' union all ')), 'A row of the plan');
  return new Map(rows.map(({ record, key, image }) => [imageKey({ record, key }), image]));
}

export function imageKey({ record, key }: Pick<Step, 'record' | 'key'>): string {
  return `${record} ${key}`;
}
