import type { Locations } from '../diagnose/locate.ts';
import { type Line, span } from './tone.ts';
import { visible } from './visible.ts';

const MATCHES = { equal: '', element: '  in an array', inside: '  inside JSON' } as const;

/** Where a flow's id is stored, table by table, and what could not be looked into. */
export function locationsText(found: Locations): Line[] {
  const { flowId, database, locations, unread, cutShort, notices, tables, columns, json } = found;
  const looked = `${columns} uuid and text columns of ${tables} tables${json ? ', and inside their JSON' : ''}, in ${visible(database)}`;
  return [
    [span(flowId, 'title'), span(` is in ${locations.length} columns`), span(`; looked into ${looked}`, 'dim')],
    [],
    ...locations.map(
      ({ schema, table, column, rows, match }): Line => [
        span(`  ${visible(`${schema}.${table}.${column}`).padEnd(56)} `),
        span(`${rows} ${rows === 1 ? 'row' : 'rows'}`),
        span(MATCHES[match], 'dim'),
      ],
    ),
    ...unread.map(
      ({ table, why }): Line => [
        span(`  ▲ not looked into: ${visible(table)}`, 'warn'),
        span(` ${visible(why)}`, 'dim'),
      ],
    ),
    ...cutShort.map(
      ({ table, lookedAt, estimate }): Line => [
        span(`  ▲ only in part: ${visible(table)}`, 'warn'),
        span(
          ` JSON of the first ${lookedAt} rows${estimate === null ? '' : ` of about ${Math.round(estimate)}`}`,
          'dim',
        ),
      ],
    ),
    ...notices.map((notice): Line => [span(`  ▲ ${visible(notice, 400)}`, 'warn')]),
  ];
}
