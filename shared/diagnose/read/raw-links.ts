import sql, { join, type Sql } from 'sql-template-tag';
import { recordSource } from '../../database/catalog/record-source.ts';
import { guardImage } from '../../database/sql/guard-image.ts';
import { column } from '../../database/sql/identifier.ts';
import { isStored } from '../../database/sql/table.ts';
import { MAX_RAW_LINKS } from '../../rules/facts/flow-facts.ts';
import type { Install } from '../../rules/rule/rule-set.ts';

/**
 * JSON over `flow` and `import_facts`: the raw records whose links a repair could write, by key: a plan names every row that
 * it touches. Only where the flow breaks a rule that rests on them: in many installs no raw record has a link at all.
 */
export function rawLinks({ model, catalog, rules }: Install): Sql {
  const { id, importId, masterFlowId } = model.rawRecords.columns;
  if (!catalog.rawRecords.exists || !isStored(catalog.rawRecords, masterFlowId)) return sql`'[]'::json`;
  const resting = rules.asked.filter((rule) => rule.fix && rule.restsOn.rawRecords).map((rule) => rule.id);
  const r = (name: string) => column('r', name);
  return sql`coalesce((
    select json_agg(json_build_object('id', found.id, 'importId', found.import_id, 'link', found.link, 'image', found.image))
    from (
      select ${r(id)} as id, ${r(importId)} as import_id, ${r(masterFlowId)} as link,
        ${guardImage(catalog.rawRecords, 'r', [importId, masterFlowId])} as image
      from import_facts cross join lateral (
        select ${join([id, importId, masterFlowId].map(r))} from ${recordSource(catalog.rawRecords)} r
        where flow.rules && ${resting}::text[] and ${r(importId)} = import_facts.id
          and flow.records_link_key is not null and ${r(masterFlowId)} is distinct from flow.records_link_key
        limit ${MAX_RAW_LINKS + 1}
      ) r
      order by ${r(importId)}, ${r(id)}
    ) found
  ), '[]')`;
}
