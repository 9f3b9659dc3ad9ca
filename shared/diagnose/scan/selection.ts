import sql, { join, type Sql } from 'sql-template-tag';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column } from '../../database/sql/identifier.ts';
import type { Install } from '../../rules/rule/rule-set.ts';

/** Which flows of the fleet to look at; nothing: all. */
export interface Selection {
  /** A client_account_id. */
  readonly tenant?: string | undefined;
  readonly statuses?: readonly string[] | undefined;
  /** ISO 8601: flows of which a record was written since. */
  readonly changedSince?: string | undefined;
  /** The flows that follow this flow id, in the order of their ids, at most `size`. */
  readonly page?: { readonly after: string | null; readonly size: number } | undefined;
}

/** True where so few flows are chosen that each is found by an index. */
export function isNarrow({ changedSince, page }: Selection): boolean {
  return changedSince !== undefined || page !== undefined;
}

/** True where nothing is left out. */
export function isWhole(selection: Selection): boolean {
  return Object.values(selection).every((choice) => choice === undefined);
}

/** The same choice of masters without a child: they have no child status, and no place among pages of flows. */
export function chosenChildless({ tenant, statuses, changedSince, page }: Selection): Sql {
  if (statuses !== undefined || page !== undefined) return sql`false`;
  const conditions = [
    sql`true`,
    ...(tenant === undefined ? [] : [sql`f.client_account_id = ${tenant}::uuid`]),
    ...(changedSince === undefined ? [] : [sql`f.master_updated_at >= ${changedSince}::timestamptz`]),
  ];
  return join(conditions, ' and ');
}

/** A condition on the columns of the child as the flow relation names them, alias `f`. */
export function chosenFlows(install: Install, selection: Selection): Sql {
  const { tenant, statuses, changedSince, page } = selection;
  const broad = [
    ...(tenant === undefined ? [] : [sql`f.client_account_id = ${tenant}::uuid`]),
    ...(statuses === undefined ? [] : [sql`f.status = any(${[...statuses]}::text[])`]),
  ];
  const conditions = [
    ...broad,
    ...(changedSince === undefined ? [] : [sql`f.child_id in (${changed(install, changedSince)})`]),
    ...(page === undefined ? [] : [sql`f.child_id in (${pageOf(install, selection, page)})`]),
  ];
  return conditions.length === 0 ? sql`true` : join(conditions, ' and ');
}

type Page = NonNullable<Selection['page']>;

/** The flow id after which the next page begins; NULL where no page is asked for and where none follows. */
export function nextPageAfter(install: Install, selection: Selection): Sql {
  const { page } = selection;
  if (page === undefined) return sql`null::uuid`;
  const key = column('c', install.model.child.columns.flowId);
  const follows = (after: Sql) => sql`exists (select from ${placesOf(install, selection, page)} and ${key} > ${after})`;
  return sql`(select p.last from (
      select ${key} as last from ${placesOf(install, selection, page)} order by ${key} limit 1 offset ${page.size - 1}
    ) p where ${follows(sql`p.last`)})`;
}

function pageOf(install: Install, selection: Selection, page: Page): Sql {
  const { id, flowId } = install.model.child.columns;
  return sql`select ${column('c', id)} from ${placesOf(install, selection, page)}
    order by ${column('c', flowId)} limit ${page.size}`;
}

/** Every flow from the page on, alias `c`, as it is counted into pages. */
function placesOf({ model, catalog }: Install, { tenant, statuses }: Selection, page: Page): Sql {
  const { flowId, client, status } = model.child.columns;
  const conditions = [
    sql`true`,
    ...(page.after === null ? [] : [sql`${column('c', flowId)} > ${page.after}::uuid`]),
    ...(tenant === undefined ? [] : [sql`${column('c', client)} = ${tenant}::uuid`]),
    ...(statuses === undefined ? [] : [sql`${column('c', status)}::text = any(${[...statuses]}::text[])`]),
  ];
  return sql`${recordSource(catalog.child)} c where ${join(conditions, ' and ')}`;
}

/** Each branch can be answered by an index of its own, where the install has one. */
function changed({ model, catalog }: Install, since: string): Sql {
  const { id, flowId, masterFlowId, importId, updatedAt } = model.child.columns;
  const child = recordSource(catalog.child);
  const writtenImports = (name: string) => sql`select ${column('i', name)} from ${recordSource(catalog.import)} i
    where ${column('i', model.import.columns.updatedAt)} >= ${since}::timestamptz`;
  const imports = writtenImports(model.import.columns.id);
  const mastersWhere = (condition: Sql) => sql`select ${column('m', model.master.columns.flowId)}
    from ${recordSource(catalog.master)} m where ${condition}`;
  const isKeyed = catalog.import.foreign_keys.some((key) => key.column === model.import.columns.masterFlowId);
  const { id: masterId, flowId: masterKey } = model.master.columns;
  const otherKey = catalog.linkTargets.import === masterId ? masterKey : masterId;
  const masters = join(
    [
      mastersWhere(sql`${column('m', model.master.columns.updatedAt)} >= ${since}::timestamptz`),
      mastersWhere(
        sql`${column('m', catalog.linkTargets.import)} in (${writtenImports(model.import.columns.masterFlowId)})`,
      ),
      // Without a foreign key an import may hold the other key.
      ...(isKeyed
        ? []
        : [mastersWhere(sql`${column('m', otherKey)} in (${writtenImports(model.import.columns.masterFlowId)})`)]),
    ],
    ' union ',
  );
  return join(
    [
      sql`select ${column('c', id)} from ${child} c where ${column('c', updatedAt)} >= ${since}::timestamptz`,
      sql`select ${column('c', id)} from ${child} c where ${column('c', flowId)} in (${masters})`,
      sql`select ${column('c', id)} from ${child} c where ${column('c', masterFlowId)} in (${masters})`,
      sql`select ${column('c', id)} from ${child} c where ${column('c', importId)} in (${imports})`,
    ],
    ' union ',
  );
}
