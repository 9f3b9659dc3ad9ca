import sql, { join, type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column, ident, literal } from '../../database/sql/identifier.ts';
import { isStored, type Table } from '../../database/sql/table.ts';
import type { FlowModel } from '../../flow/model.ts';
import { type EndedRule, openOrBroken } from './ended-flows.ts';
import { columnsUsedBy } from './flow-columns.ts';
import {
  APART,
  type Columns,
  childColumns,
  factsBehind,
  factsOf,
  isMasterOf,
  joinedColumns,
  jsonColumns,
  selected,
  withWanted,
} from './flow-relation.ts';
import type { FlowRow } from './flow-row.ts';
import { behindAliases, type Place, type RecordColumns, recordColumns } from './record-columns.ts';

export interface Suspicion {
  /** A condition on the columns of the child, alias `f`. */
  readonly chosen: Sql;
  /** The rules that flows which have ended are asked; none looks rows up. */
  readonly rules: readonly EndedRule[];
  /** The columns of the relation that the judgement of the suspects reads. */
  readonly needed: readonly (keyof FlowRow)[];
  readonly childless: 'with childless masters' | 'flows only';
  /** See {@link importsBy}. */
  readonly imports: 'link' | 'name';
  /** What makes an ended flow suspect that breaks none of them. */
  readonly besides: readonly Sql[];
}

/**
 * The flow relation, with the columns that are needed, of the flows that have to be judged: every open flow, and every
 * ended one that breaks a rule or may break one that looks rows up; and, where they are asked for, of the masters to which
 * none of the chosen flows belongs (their child is NULL). Flows that have ended and are well are nearly all of an install
 * of some age: they leave here, in parallel workers, with no more read than the rules ask for. The child is carried along,
 * master and import are read again by their keys.
 *
 * Imports joined by the link that they carry tell in one join whether the import that the flow points to is linked, and
 * whether it is the only one. Where it is not ({@link IMPORT_DIFFERS}) a flow is suspect; it comes once for each import that
 * carries its link. Joined by name, a flow is suspect where it names none that is there.
 */
export function suspects(model: FlowModel, catalog: Catalog, suspicion: Suspicion): Sql {
  const { rules, chosen, childless, imports } = suspicion;
  const inJoin = recordColumns(model, catalog);
  const stored = new Set<string>();
  const inRow: RecordColumns = Object.create(recordColumns(model, catalog, carriedBy('r', stored)), {
    masterMappings: { get: () => ({ ...inJoin.masterMappings, value: column('r', MASTER_MAPPINGS) }) },
  });
  const carried = new Set<string>();
  const ofSuspect = recordColumns(model, catalog, (record, name) =>
    record === 'child' ? carriedBy('s', carried)(record, name) : behindAliases(record, name),
  );
  const facts = selected(factsBehind(suspicion.needed, factsOf(model, catalog, ofSuspect), model, catalog));
  const importKey = ofSuspect.child('importId');
  const narrow = selected({ ...childColumns(model, catalog, inRow), ...joinedColumns(model, catalog, inRow) });
  const unpacking = usedBy(rules, jsonColumns(model, inRow));
  const json = Object.keys(unpacking).length > 0 ? selected(unpacking) : undefined;
  for (const name of carried) stored.add(name);
  const { child: c, master: m, import: i } = inJoin;
  const [isImport, another] =
    imports === 'link'
      ? [sql`${i('masterFlowId')} = ${inJoin.linkKey}`, sql`${i('id')} is distinct from ${c('importId')}`]
      : [sql`${i('id')} = ${c('importId')}`, sql`${i('id')} is null`];
  const differs = catalog.import.exists ? another : sql`false`;
  const records = sql`
    select ${join([...stored].map(carriedAs))}, ${inJoin.masterMappings.value} as ${ident(MASTER_MAPPINGS)},
      ${differs} as ${ident(IMPORT_DIFFERS)}
    from ${recordSource(catalog.child)} c
    ${childless === 'flows only' ? sql`left` : sql`full`} join ${recordSource(catalog.master)} m on ${isMasterOf(inJoin)}
    left join ${recordSource(catalog.import)} i on ${isImport}`;
  // What is unpacked from JSON is unpacked once for each flow, whatever names it.
  const unpacked = json ? sql`select r.*, ${json} from (${records} ${APART}) r ${APART}` : records;
  const broken = join([column('f', IMPORT_DIFFERS), ...suspicion.besides, openOrBroken(model, catalog, rules)], ' or ');
  const ofFlow = sql`${chosen} and (${broken})`;
  const suspect =
    childless === 'flows only'
      ? ofFlow
      : sql`case when f.child_id is null then f.master_type = ${literal(model.kind)} else ${ofFlow} end`;
  const suspected = sql`
    select ${join([...carried].map((name) => column('f', name)))}, f.master_id, ${column('f', IMPORT_DIFFERS)}
    from (select r.*, ${narrow} from (${unpacked}) r) f
    where (${suspect})::int = 1 ${APART}`;
  return withWanted(
    sql`select ${facts}, ${column('s', IMPORT_DIFFERS)} from (${suspected}) s
      left join ${recordSource(catalog.master)} m on ${m('id')} = s.master_id
      left join ${recordSource(catalog.import)} i on ${i('id')} = ${importKey} ${APART}`,
    model,
    catalog,
  );
}

/**
 * How a scan that counts no imports of ended flows joins them. By name, where a good part of the imports that flows name is
 * not linked, by the server's statistics: on some installs none is, and by link every flow would be suspect. Else by link: the
 * imports of open flows need not be counted then.
 */
export function importsBy(model: FlowModel, catalog: Catalog): 'link' | 'name' {
  const nulls = (table: Table, name: string) => table.columns.find((one) => one.name === name)?.nulls ?? 0;
  const unlinked = nulls(catalog.import, model.import.columns.masterFlowId);
  const { importId } = model.child.columns;
  return isStored(catalog.child, importId) && unlinked - nulls(catalog.child, importId) > 0.1 ? 'name' : 'link';
}

/** Beside the relation's own columns: the joined import is not the one that the flow points to. */
export const IMPORT_DIFFERS = 'import_differs';

/** The master's mappings, taken out of the persistence data once. */
const MASTER_MAPPINGS = 'master mappings';

/** Each stored column under a name that tells its record too. @param names takes down the names that are used */
function carriedBy(alias: string, names: Set<string>): Place {
  return (record, stored) => {
    const name = `${record}.${stored}`;
    names.add(name);
    return column(alias, name);
  };
}

function carriedAs(name: string): Sql {
  const [record, ...stored] = name.split('.');
  return sql`${behindAliases(record as Parameters<Place>[0], stored.join('.'))} as ${ident(name)}`;
}

/** Those columns that a rule uses. */
function usedBy(rules: readonly EndedRule[], columns: Columns): Columns {
  const used = new Set<string>(rules.flatMap(({ predicate }) => columnsUsedBy(predicate)));
  return Object.fromEntries(Object.entries(columns).filter(([name]) => used.has(name)));
}
