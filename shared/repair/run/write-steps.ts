import sql, { join, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { column, literal, tableIdent } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Transaction } from '../../database/sql/reader.ts';
import { columnTexts, comparedColumns, rowDifference, textDifference } from '../../database/sql/row-difference.ts';
import type { Table } from '../../database/sql/table.ts';
import type { Step } from '../document/plan.ts';
import { KEY } from './lock-rows.ts';
import { CHANGES, Kept, keptFrom, type Written, writeRows } from './write-rows.ts';

/** What is answered of the changes to the caller. */
export type Answered = 'changes' | 'nothing';

/** What becomes of the changes: answered to the caller, and recorded by a statement in the database itself. */
export interface Keep {
  readonly answered: Answered;
  /**
   * An INSERT of one row that returns `recorded`. It may read `changed` (change, position: see {@link CHANGES}) and `stale` (flow_id).
   * Null: nothing is recorded.
   */
  readonly record: Sql | null;
}

const ANSWERS: Record<Answered, Sql> = {
  changes: sql`(select (${CHANGES})::json from changed)`,
  nothing: sql`'[]'::json`,
};

/**
 * Writes the steps of every flow whose guards all hold. The changes are what stands in the rows afterwards: where the install
 * acts after an update, its rows are looked at once more.
 * @param last sends the last statement
 */
export function writeSteps(
  transaction: Transaction,
  catalog: Catalog,
  steps: readonly Step[],
  keep: Keep,
  last: Transaction['write'] = transaction.write,
): Promise<Written> {
  const acted = steps.some(({ record }) => catalog[record].acts_after_update);
  return acted ? writeAndLook(transaction, catalog, steps, keep, last) : writeOnly(last, catalog, steps, keep);
}

/** In one statement: what the rows were and became need not travel to the client and back. */
function writeOnly(
  send: Transaction['write'],
  catalog: Catalog,
  steps: readonly Step[],
  { answered, record }: Keep,
): Promise<Written> {
  return writeRows(send, catalog, steps, {
    ofRow(table, { record, writes }) {
      const set = writes.map((write) => write.column);
      return changeText(table, record, 's', rowDifference(table, set, 'o', 't'));
    },
    answer: ANSWERS[answered],
    record,
  });
}

/** In two statements. What stood in the rows stays on the server in between, in a setting of the transaction. */
export async function writeAndLook(
  transaction: Transaction,
  catalog: Catalog,
  steps: readonly Step[],
  { answered, record }: Keep,
  last: Transaction['write'] = transaction.write,
): Promise<Written> {
  const written = await writeRows(transaction.write, catalog, steps, {
    ofRow: (
      table,
      { record },
    ) => sql`json_build_object('record', ${literal(record)}, 'flow_id', s.flow_id, 'key', s.key,
      'position', s.position, 'before', ${columnTexts(comparedColumns(table), 'o')})::text`,
    answer: sql`(select case when set_config(${REMEMBERED}, ${CHANGES}, true) <> '' then '[]'::json end from changed)`,
    record: null,
  });
  const records = [...new Set(steps.map(({ record }) => record))];
  if (records.length === 0) return written;
  const rows = await last(sql`
    with stale (flow_id) as (select unnest(${written.stale.map(({ flowId }) => flowId)}::uuid[])),
    remembered as materialized (
      select * from json_to_recordset(current_setting(${REMEMBERED})::json)
        as r(record text, flow_id uuid, key uuid, position int, before text[])
    ),
    changed as materialized (${join(
      records.map((name) => changesSince(catalog[name], name)),
      ' union all ',
    )})
    ${keptFrom(ANSWERS[answered], record)}`);
  const [kept] = parseAnswer(z.tuple([Kept]), rows, 'What stands in the rows');
  return { ...written, ...kept };
}

const REMEMBERED = sql`'flowmend.remembered'`;

/** What became of the remembered rows of one table. */
function changesSince(table: Table, record: Step['record']): Sql {
  const names = comparedColumns(table);
  const difference = textDifference(names, sql`r.before`, columnTexts(names, 't'));
  return sql`select r.position, ${changeText(table, record, 'r', difference)} as change
    from remembered r join ${tableIdent(table)} t on ${column('t', KEY)} = r.key
    where r.record = ${literal(record)}`;
}

/**
 * The text of a `RowChange`.
 * @param of has the flow_id and key of the row
 * @param columns the text of its columns
 */
function changeText({ schema, name }: Table, record: Step['record'], of: string, columns: Sql): Sql {
  return sql`${literal(`{"record":"${record}","table":${JSON.stringify({ schema, name })},"key":"`)} || ${column(of, 'key')}
    || '","flowId":"' || ${column(of, 'flow_id')} || '","columns":' || ${columns} || '}'`;
}
