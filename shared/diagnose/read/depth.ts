import sql, { empty, type Sql } from 'sql-template-tag';
import { column } from '../../database/identifier.ts';
import type { Install } from '../rule-set.ts';
import { historyOf } from './history.ts';
import { mappingRowFacts, ownMappingRows } from './mapping-rows.ts';
import { rivalsOfMany, rivalsOfOne } from './rivals.ts';
import { sharersToAvoid } from './sharers.ts';

/** Where reading one flow and reading many differ: in what is worth its cost. Conditions on the flow, alias `flow`. */
export interface Depth {
  /** For which flows the raw records of its imports are counted and looked into: evidence for a person. */
  readonly counted: Sql;
  /** For which flows imports near in time are looked for. */
  readonly near: Sql;
  /** Common table expressions, each with its comma, that `rivals` reads. */
  readonly prepared: Sql;
  /** How many other open flows name import `i`. */
  readonly rivals: Sql;
  /** The rows of mappings: a common table expression with its comma, and JSON over it. */
  readonly mappingRows: { readonly read: Sql; readonly facts: Sql };
  /** JSON: other flows of its master. */
  readonly sharers: Sql;
  /** JSON: what the master keeps of the flow's past. */
  readonly history: Sql;
}

export function ofOne(install: Install): Depth {
  const { model, catalog } = install;
  return {
    counted: sql`true`,
    near: sql`true`,
    prepared: empty,
    rivals: rivalsOfOne(model, catalog),
    mappingRows: { read: sql`, ${ownMappingRows(model, catalog)}`, facts: mappingRowFacts(catalog) },
    sharers: sharersToAvoid(install),
    history: historyOf(model, catalog),
  };
}

/** What no plan rests on is not read. */
export function ofMany({ model, catalog }: Install): Depth {
  return {
    counted: sql`not flow.import_linked`,
    near: sql`flow.import_named is null`,
    prepared: rivalsOfMany(model, catalog),
    rivals: sql`coalesce((
      select rivals.count from rivals
      where rivals.flow_id = flow.flow_id and rivals.import_id = ${column('i', model.import.columns.id)}
    ), 0)`,
    mappingRows: { read: empty, facts: sql`null::json` },
    // A plan of many asks once for all of its flows.
    sharers: sql`'[]'::json`,
    history: sql`json_build_object(
      'transitions', json_build_object('total', 0, 'entries', '[]'::json),
      'errors', json_build_object('total', 0, 'entries', '[]'::json))`,
  };
}
