import sql, { empty, join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { column, ident, literal, tableIdent } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Transaction } from '../../database/sql/reader.ts';
import { isAnother, ServerIdentity, serverIdentity } from '../../database/sql/server-identity.ts';
import { Failure } from '../../failure.ts';
import { WritableRecord } from '../../flow/change.ts';
import type { Step } from '../document/plan.ts';

export const KEY = 'id';

/** What to do about a row that another session holds: wait for it, up to the session's bound, or leave it. */
export type Held = 'wait' | 'skip';

const HELD: Record<Held, Sql> = { wait: empty, skip: sql`skip locked` };

const Locked = z.object({
  missing: z.array(z.object({ record: WritableRecord, key: z.string() })),
  answer: z.unknown(),
  server: ServerIdentity,
});

/**
 * Locks every row of the steps. Always in the order of `WritableRecord`, and by key within a table, so that two repairs
 * never wait for each other in a circle. FOR NO KEY UPDATE: neither readers nor foreign-key checks wait. A statement of
 * its own, so that the next one sees the rows as they are once they are held.
 * @param asked a value that is wanted in the same round trip: the answer
 * @throws Failure `wrong-schema` where the transaction is in another database than the catalog
 * @returns those of the steps whose row is not held now: it is gone, hidden, or held by another session and left
 */
export async function lockRows(
  transaction: Transaction,
  catalog: Catalog,
  steps: readonly Step[],
  held: Held,
  asked: Sql = sql`null`,
): Promise<{ readonly missing: readonly Step[]; readonly answer: unknown }> {
  const parts = WritableRecord.options.flatMap((record) => {
    const keys = steps.filter((step) => step.record === record).map((step) => step.key);
    return keys.length === 0
      ? []
      : [{ record, keys, name: ident(record), lock: lockTable(catalog, record, keys, held) }];
  });
  if (parts.length === 0) return { missing: [], answer: null };
  // Append reads its parts one after the other, so the tables are locked in the order of the parts.
  const rows = await transaction.read(sql`
    with ${join(parts.map(({ name, lock }) => sql`${name} as materialized (${lock})`))}
    select ${asked} as answer, ${serverIdentity(catalog.server)} as server, (
      select coalesce(json_agg(json_build_object('record', record, 'key', key)), '[]') from (${join(
        parts.map(
          ({ record, keys, name }) => sql`select ${literal(record)} as record, wanted.key::text
            from unnest(${keys}::uuid[]) as wanted(key) where wanted.key not in (select key from ${name})`,
        ),
        ' union all ',
      )}) not_held
    ) as missing`);
  const [{ missing, answer, server }] = parseAnswer(z.tuple([Locked]), rows, 'Rows that are not held');
  if (isAnother(server, catalog.server)) throw elsewhere();
  return {
    missing: steps.filter((step) => missing.some(({ record, key }) => step.record === record && step.key === key)),
    answer,
  };
}

/** Behind one address there may be several: a pooler or a name that was pointed elsewhere since. */
function elsewhere(): Failure {
  return new Failure(
    'wrong-schema',
    'This connection leads to another database than the one that was looked at: nothing was written.',
    { next: 'See where the address of the connection leads, and begin anew.' },
  );
}

function lockTable(catalog: Catalog, record: WritableRecord, keys: readonly string[], held: Held): Sql {
  const key = column('t', KEY);
  return sql`select ${key} as key from ${tableIdent(catalog[record])} t
    where ${key} = any(${[...new Set(keys)]}::uuid[])
    order by ${key}
    for no key update of t ${HELD[held]}`;
}
