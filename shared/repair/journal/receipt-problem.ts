import sql from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { isComputed } from '../../database/sql/table.ts';
import { Failure } from '../../failure.ts';
import { WritableRecord } from '../../flow/change.ts';
import type { Session } from '../../session.ts';
import type { Plan } from '../document/plan.ts';
import { repairedColumns } from '../plan/repaired-columns.ts';
import type { Receipt } from './journal.ts';
import { besideUndone } from './journal-place.ts';
import { GRANTS } from './journal-trust.ts';
import { refuseElsewhere } from './receipt-origin.ts';

/** A column of a flow table. */
interface Place {
  readonly record: WritableRecord;
  readonly column: string;
}

/** Of a receipt what an undo may take back, and the columns that it leaves as they are, since the writer may not update them. */
export interface WithinWriter {
  readonly receipt: Receipt;
  readonly beyondWriter: readonly string[];
}

/**
 * The receipt without the columns that its writer could not have written himself: whoever may add a receipt must not write
 * through the hands of the person who takes it back. Such a column is left out where a trigger may have changed it along.
 * @throws Failure `receipt-refused` where it is one that rules write, where row level security limits the writer, or where
 *   the receipt is of other rows than these
 */
export async function withinWriter(session: Session, receipt: Receipt): Promise<WithinWriter> {
  const { catalog } = session;
  refuseElsewhere(session, receipt);
  // The file is this machine's own.
  if (await besideUndone(session, { undoes: receipt.id })) return { receipt, beyondWriter: [] };
  const places = receipt.changes.flatMap(({ record, columns }) => columns.map(({ column }) => ({ record, column })));
  const beyond = await columnsBeyondWriter(session.primary, catalog, receipt.id, places);
  const ruled = beyond.find((place) => isOfRules(session, place));
  if (ruled) throw refused(receipt.id, mayNot(catalog, ruled));
  const names = new Set(beyond.map(nameIn(catalog)));
  const isWithin = (place: Place) => !names.has(nameIn(catalog)(place));
  const changes = receipt.changes
    .map((change) => ({
      ...change,
      columns: change.columns.filter(({ column }) => isWithin({ record: change.record, column })),
    }))
    .filter(({ columns }) => columns.length > 0);
  const [first] = beyond;
  if (first && changes.length === 0) throw refused(receipt.id, mayNot(catalog, first));
  return { receipt: { ...receipt, changes }, beyondWriter: [...names] };
}

/**
 * Asks the same of the plan of an undo inside its transaction: rights may have changed since it was planned.
 * @throws Failure `receipt-refused`
 */
export async function refuseBeyondWriter({ catalog }: Session, transaction: Reader, plan: Plan): Promise<void> {
  if (plan.undoes === null) return;
  const places = plan.steps.flatMap(({ record, writes }) => writes.map(({ column }) => ({ record, column })));
  const [first] = await columnsBeyondWriter(transaction, catalog, plan.undoes, places);
  if (first) throw refused(plan.undoes, mayNot(catalog, first));
}

/** Why a receipt with a row that is no record of the flow that it lists the row under is not taken back. */
export function strangeRow(receiptId: string, what: string): Failure {
  return refused(receiptId, `${what} as the rows stand now`);
}

const Beyond = z.object({ writer: z.string(), record: WritableRecord, column: z.string() });
type Beyond = z.infer<typeof Beyond>;

const Writers = z.object({
  named: z.string().nullable(),
  writers: z.array(z.string()),
  beyond: z.array(Beyond),
  limited: z.array(z.object({ writer: z.string(), record: WritableRecord })),
});

/**
 * The columns that a writer of the receipt may not update. The writer is the role that the receipt names, where nobody but
 * the owner of the journal can put another name there; else every role that could.
 * @throws Failure `receipt-refused` where row level security limits the writer and another takes the receipt back
 */
async function columnsBeyondWriter(
  reader: Reader,
  catalog: Catalog,
  receiptId: string,
  all: readonly Place[],
): Promise<readonly Beyond[]> {
  // PostgreSQL computes the others itself.
  const stored = all.filter(({ record, column }) => !isComputed(catalog[record], column));
  const places = [...new Map(stored.map((place) => [nameIn(catalog)(place), place])).values()];
  const tables = places.map(({ record }) => catalog[record]);
  const rows = await reader.read(sql`
    with journal as (
      select t.oid, t.relowner, t.relacl from pg_class t where t.oid = 'flowmend.journal'::regclass
    ),
    named as (select db_role from flowmend.journal where id = ${receiptId}::uuid),
    could_name_another as (
      select g.grantee from journal t cross join lateral ${GRANTS} g
      where g.privilege = 'INSERT' and g.grantee not in (t.relowner, 0) and coalesce(g.column_name, 'db_role') = 'db_role'
    ),
    writers as (
      select r.oid, r.rolname as name, r.rolsuper or r.rolbypassrls as sees_all from pg_roles r
      where case when exists (select from could_name_another) then r.oid in (select grantee from could_name_another)
        else r.rolname = (select db_role from named) end
    ),
    places as (
      select p.record, p.name as column_name, t.oid, t.relowner, a.attnum,
        t.relrowsecurity as secured, t.relforcerowsecurity as forced
      from unnest(
        ${places.map(({ record }) => record)}::text[], ${tables.map(({ schema }) => schema)}::text[],
        ${tables.map(({ name }) => name)}::text[], ${places.map(({ column }) => column)}::text[]
      ) as p(record, schema, table_name, name)
      join pg_namespace n on n.nspname = p.schema
      join pg_class t on t.relnamespace = n.oid and t.relname = p.table_name
      join pg_attribute a on a.attrelid = t.oid and a.attname = p.name and not a.attisdropped
    )
    select
      (select db_role from named) as named,
      array(select name::text from writers) as writers,
      (select coalesce(json_agg(json_build_object('writer', w.name, 'record', p.record, 'column', p.column_name)), '[]')
        from writers w, places p where not has_column_privilege(w.oid, p.oid, p.attnum, 'UPDATE')) as beyond,
      (select coalesce(json_agg(distinct jsonb_build_object('writer', w.name, 'record', p.record)), '[]')
        from writers w, places p
        where p.secured and not w.sees_all and (p.forced or not pg_has_role(w.oid, p.relowner, 'USAGE'))
          and w.name <> current_user) as limited`);
  const [{ named, writers, beyond, limited }] = parseAnswer(z.tuple([Writers]), rows, 'The writer of a receipt');
  if (writers.length === 0) throw refused(receiptId, `${named}, which wrote it, is no role of this server`);
  const [one] = limited;
  if (one) {
    const { schema, name } = catalog[one.record];
    throw refused(
      receiptId,
      `row level security of ${schema}.${name} limits ${one.writer}, who may have written it: only ${one.writer} can take it back`,
    );
  }
  return beyond;
}

function isOfRules(session: Session, { record, column }: Place): boolean {
  const touched = record === 'rawRecords' ? undefined : session.model[record].columns.updatedAt;
  return column === touched || repairedColumns(session, record).has(column);
}

function nameIn(catalog: Catalog): (place: Place) => string {
  return ({ record, column }) => `${catalog[record].schema}.${catalog[record].name}.${column}`;
}

function mayNot(catalog: Catalog, beyond: Beyond): string {
  return `${beyond.writer}, who may have written it, may not update ${nameIn(catalog)(beyond)}`;
}

function refused(receiptId: string, why: string): Failure {
  return new Failure('receipt-refused', `Receipt ${receiptId} cannot be taken back: ${why}.`, {
    next: 'See "What a receipt can do" in docs/rights.md. What it repaired can be diagnosed and mended anew.',
  });
}
