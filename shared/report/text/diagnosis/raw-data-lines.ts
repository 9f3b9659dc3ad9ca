import type { RawData } from '../../../diagnosis/sections/raw-data.ts';
import { type Line, span } from '../../../words/tone.ts';
import { visible } from '../../../words/visible.ts';

const MAX_SHOWN = 60;

/** The structure of the raw data: a line a field. */
export function rawDataLines(data: RawData): Line[] {
  const { rows, fields, fieldCount } = data;
  const shown = fields.slice(0, MAX_SHOWN);
  return [
    ...rawDataRemarks(data),
    ...shown.map((field) => fieldLine(field, rows)),
    ...(fieldCount > shown.length ? [[span(`… ${fieldCount - shown.length} more fields`, 'dim')]] : []),
  ];
}

/** How much was looked at, and what is odd about it. */
export function rawDataRemarks(data: RawData): Line[] {
  const { rows, total, importId, other, unreadable, tooLarge, fieldCount, mappedButAbsent } = data;
  const odd = [
    other > 0 ? [`${other} are no objects`] : [],
    unreadable > 0 ? [`${unreadable} cannot be unpacked`] : [],
    tooLarge > 0 ? [`${tooLarge} are too large to be unpacked`] : [],
    mappedButAbsent.length > 0 ? [`mapped, but in no row: ${visible(mappedButAbsent.join(', '))}`] : [],
  ].flat();
  return [
    [span(`${rows} of ${total ?? '?'} rows of import ${importId} looked at, ${fieldCount} fields`)],
    ...odd.map((one): Line => [span(`▲ ${one}`, 'warn')]),
  ];
}

function fieldLine(field: RawData['fields'][number], rows: number): Line {
  const { name, present, empty, types, distinct, longest, samples, mapped } = field;
  const filled = present - empty;
  return [
    span(mapped ? '✔ mapped   ' : '· unmapped ', mapped ? 'good' : 'dim'),
    span(`${visible(name, 28).padEnd(29)} `),
    span(
      `in ${present} of ${rows}${filled < present ? `, ${empty} empty` : ''}`.padEnd(24),
      present < rows || empty > 0 ? 'warn' : 'plain',
    ),
    span(`${types.join('|')}, ${distinct} distinct, longest ${longest}  `),
    span(samples.map((sample) => visible(sample, 24)).join(' · '), 'dim'),
  ];
}
