import sql from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column } from '../../database/sql/identifier.ts';
import { Failure } from '../../failure.ts';
import type { Session } from '../../session.ts';

const Rows = z.array(z.object({ found: z.boolean() }));

/**
 * Makes sure that a tenant to look at has flows: a typing error would read like "all are well".
 * @throws Failure `usage`
 */
export async function checkTenant({ reader, model, catalog }: Session, client: string): Promise<void> {
  const [row] = Rows.parse(
    await reader.read(sql`
      select exists (
        select from ${recordSource(catalog.child)} c where ${column('c', model.child.columns.client)} = ${client}::uuid
      ) as found`),
  );
  if (row?.found) return;
  throw new Failure('usage', `--tenant names ${client}, of which no ${model.kind} flow is seen here.`, {
    next: `It takes a ${model.child.columns.client} of ${model.child.table}.`,
  });
}
