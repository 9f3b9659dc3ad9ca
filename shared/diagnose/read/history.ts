import sql, { type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { column } from '../../database/sql/identifier.ts';
import { asJsonb, jsonType } from '../../database/sql/json-column.ts';
import type { FlowModel } from '../../flow/model.ts';

/** The last entries of each array, and how much of an entry is read: members of larger ones are cut one by one. */
const MAX_ENTRIES = 200;
const MAX_BYTES = 8_000;
const MAX_CHARACTERS = 400;

/** JSON over the master `m`: what it keeps of the flow's past. Its entries may be anything at all. */
export function historyOf(model: FlowModel, catalog: Catalog): Sql {
  const entries = (name: 'transitions' | 'errors') => {
    const stored = model.master.columns[name];
    return lastEntries(asJsonb({ value: column('m', stored), ...jsonType(catalog.master, stored) }));
  };
  return sql`json_build_object('transitions', ${entries('transitions')}, 'errors', ${entries('errors')})`;
}

/** The last entries of an array; anything else is taken as the one entry. */
function lastEntries(json: Sql): Sql {
  return sql`(
    select json_build_object('total', coalesce(max(last.all_of_them), 0),
      'entries', coalesce(json_agg(${bounded(sql`last.entry`)} order by last.place), '[]'))
    from (
      select element.entry, element.place, count(*) over ()::int as all_of_them
      from (select ${json} as value) history cross join lateral jsonb_array_elements(
        case jsonb_typeof(history.value) when 'array' then history.value
          when 'null' then '[]' else jsonb_build_array(history.value) end
      ) with ordinality as element(entry, place)
      where history.value <> '{}'
      order by element.place desc limit ${MAX_ENTRIES}
    ) last
  )`;
}

function bounded(entry: Sql): Sql {
  return sql`case
    when length((${entry})::text) <= ${MAX_BYTES} then ${entry}
    when jsonb_typeof(${entry}) = 'object' then (
      select jsonb_object_agg(left(member.key, 100), left(member.value, ${MAX_CHARACTERS}))
      from (select * from jsonb_each_text(${entry}) limit 50) member)
    else to_jsonb(left((${entry})::text, ${MAX_CHARACTERS})) end`;
}
