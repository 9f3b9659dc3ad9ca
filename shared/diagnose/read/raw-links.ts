import sql, { type Sql } from 'sql-template-tag';
import { type Catalog, isStored } from '../../database/catalog.ts';
import { guardImage } from '../../database/guard-image.ts';
import { column } from '../../database/identifier.ts';
import { recordSource } from '../../database/record-source.ts';
import type { FlowModel } from '../../flow/model.ts';
import { MOST_RAW_LINKS } from '../flow-facts.ts';

/** JSON over `flow` and `import_facts`: the raw records that a repair of links could write, by key. */
export function rawLinks(model: FlowModel, catalog: Catalog): Sql {
  const { id, importId, masterFlowId } = model.rawRecords.columns;
  if (!catalog.rawRecords.exists || !isStored(catalog.rawRecords, masterFlowId)) return sql`'[]'::json`;
  const r = (name: string) => column('r', name);
  return sql`coalesce((
    select json_agg(json_build_object('id', found.id, 'importId', found.import_id, 'link', found.link, 'image', found.image))
    from (
      select ${r(id)} as id, ${r(importId)} as import_id, ${r(masterFlowId)} as link,
        ${guardImage(catalog.rawRecords, 'r', [importId, masterFlowId])} as image
      from import_facts cross join lateral (
        select * from ${recordSource(catalog.rawRecords)} r
        where ${r(importId)} = import_facts.id
          and flow.link_key is not null and ${r(masterFlowId)} is distinct from flow.link_key
        limit ${MOST_RAW_LINKS + 1}
      ) r
      order by ${r(importId)}, ${r(id)}
    ) found
  ), '[]')`;
}
