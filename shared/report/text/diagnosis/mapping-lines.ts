import type { Diagnosis } from '../../../diagnosis/diagnosis.ts';
import type { MappingQuality } from '../../../diagnosis/sections/mapping-quality.ts';
import { counted, MAX_NAMED } from '../../../words/counted.ts';
import { type Line, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';

/** Where the mappings are, and how sure they are. */
export function mappingLines({ fieldMappings, mappingQuality }: Diagnosis): Line[] {
  if (!fieldMappings || !mappingQuality) return [];
  const { count, child, master, equal } = fieldMappings;
  const side = (number: number | null) =>
    number === null || number === 0 ? '✖ none' : `✔ ${counted(number, 'mapping')}`;
  return [
    [
      span(
        `${counted(count, 'mapping')} found${child.count && master.count && !equal ? '; the two records differ' : ''}`,
      ),
    ],
    [span(`child   ${side(child.count)} in ${child.column} (read first by the frontend)`)],
    [span(`master  ${side(master.count)} in ${master.column}`)],
    ...(count > 0 ? qualityLines(mappingQuality) : []),
    ...rowLines(mappingQuality),
  ];
}

function qualityLines({ high, medium, low, unknown, average, lowest, from }: MappingQuality): Line[] {
  const sources = [
    from.mapping > 0 ? ['in the mappings'] : [],
    from.scores > 0 ? ['in the scores beside them'] : [],
    from.rows > 0 ? ['in their rows'] : [],
  ].flat();
  const named = lowest.slice(0, MAX_NAMED).map(({ source, confidence }) => `${visible(source, 60)} ${confidence}`);
  return [
    [
      span('sure    '),
      span(`${high} high`, 'good'),
      span(', '),
      span(`${medium} medium`, medium > 0 ? 'note' : 'plain'),
      span(', '),
      span(`${low} low`, low > 0 ? 'warn' : 'plain'),
      ...(unknown > 0 ? [span(`, ${unknown} without a confidence`)] : []),
      ...(average === null ? [] : [span(`, ${average} on average`)]),
      ...(sources.length === 0 ? [] : [span(`  (told ${sources.join(', ')})`, 'dim')]),
    ],
    ...(named.length === 0
      ? []
      : [[span(`low     ${named.join(', ')}${low > named.length ? `, and ${low - named.length} more` : ''}`, 'warn')]]),
  ];
}

function rowLines({ rows }: MappingQuality): Line[] {
  if (rows.length === 0) return [];
  const counts = rows.slice(0, MAX_NAMED).map((one) => `${one.rows} ${visible(one.status ?? 'without a status', 40)}`);
  return [[span(`rows    ${counts.join(', ')}`)]];
}
