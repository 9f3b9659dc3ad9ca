import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { recordSource } from '../../database/catalog/record-source.ts';
import { column } from '../../database/sql/identifier.ts';
import { asJsonb, jsonShape, jsonType } from '../../database/sql/json-column.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { namingTheText } from '../../rules/judge/unreadable-text.ts';
import type { Install } from '../../rules/rule/rule-set.ts';

/** Rows looked at, and the size as stored above which a row is counted and not unpacked. */
const MAX_ROWS = 1_000;
const MAX_BYTES = 256 * 1024;
const MAX_FIELDS = 200;
const MAX_SAMPLES = 5;
const SAMPLE_CHARACTERS = 80;

/** The structure of an import's raw records, told from a bounded number of them. */
export const RawStructure = z.object({
  /** Rows looked at, and how many of those are objects, something else, not readable as jsonb, or too large to unpack. */
  rows: z.number(),
  objects: z.number(),
  other: z.number(),
  unreadable: z.number(),
  tooLarge: z.number(),
  /** Names that occur; `fields` holds the most frequent ones. */
  fieldCount: z.number(),
  fields: z.array(
    z.object({
      name: z.string(),
      /** Rows that have the field, and rows that have nothing in it. */
      present: z.number(),
      empty: z.number(),
      types: z.array(z.string()),
      /** Among the rows looked at. */
      distinct: z.number(),
      /** Characters of the longest value. */
      longest: z.number(),
      samples: z.array(z.string()),
    }),
  ),
});
export type RawStructure = z.infer<typeof RawStructure>;

/** Reads the structure: one statement, at most a thousand rows, unpacked and counted by the database. */
export async function readRawStructure(reader: Reader, install: Install, importId: string): Promise<RawStructure> {
  const [found] = await reader.read(rawStructureStatement(install, importId)).catch(async (thrown: unknown) => {
    throw await namingTheText(thrown, { install, reader });
  });
  return parseAnswer(z.object({ structure: RawStructure }), found, `The raw data of import ${importId}`).structure;
}

function rawStructureStatement({ model, catalog }: Install, importId: string): Sql {
  const { data, importId: key } = model.rawRecords.columns;
  const json = { value: column('r', data), ...jsonType(catalog.rawRecords, data) };
  return sql`
    with unpacked as materialized (
      select r.kind, case when r.kind = 'object' then ${asJsonb(json)} end as value
      from (
        select r.*, case when pg_column_size(${json.value}) > ${MAX_BYTES} then 'too large'
          when ${jsonShape(json)} = 'object' then 'object' else 'other' end as kind
        from ${recordSource(catalog.rawRecords)} r where ${column('r', key)} = ${importId}::uuid limit ${MAX_ROWS}
      ) r
    ),
    fields as materialized (
      select left(field.key, 200) as name, jsonb_typeof(field.value) as type, field.value #>> '{}' as text
      from unpacked cross join lateral jsonb_each(unpacked.value) field
    )
    select json_build_object(
      'rows', count(*)::int,
      'objects', count(unpacked.value)::int,
      'other', count(*) filter (where unpacked.kind = 'other')::int,
      'unreadable', count(*) filter (where unpacked.kind = 'object' and unpacked.value is null)::int,
      'tooLarge', count(*) filter (where unpacked.kind = 'too large')::int,
      'fieldCount', (select count(distinct name)::int from fields),
      'fields', coalesce((select json_agg(to_json(counted)) from (${countedFields()}) counted), '[]')
    ) as structure from unpacked`;
}

function countedFields(): Sql {
  return sql`
    select name, count(*)::int as present, count(*) filter (where coalesce(text, '') = '')::int as empty,
      array_agg(distinct type) as types,
      count(distinct hashtextextended(text, 0))::int as distinct,
      coalesce(max(length(text)), 0)::int as longest,
      coalesce((array_agg(distinct left(text, ${SAMPLE_CHARACTERS})) filter (where text <> ''))[1:${MAX_SAMPLES}::int],
        '{}') as samples
    from fields group by name order by present desc, name limit ${MAX_FIELDS}`;
}
