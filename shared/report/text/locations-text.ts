import type { Locations } from '../../diagnose/locate/locate.ts';
import { counted, number } from '../../words/counted.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';
import { notJudgedLines } from '../marks/not-judged-lines.ts';

const MATCHES = { equal: '', element: '  in an array', inside: '  inside JSON' } as const;

/** Where a flow's id is stored, table by table, and what could not be looked into. */
export function locationsText(found: Locations): Line[] {
  const { flowId, database, locations, unread, cutShort, notices, tables, columns, json } = found;
  const looked = `${counted(columns, 'uuid and text column')} of ${counted(tables, 'table')}${json ? ', and inside their JSON' : ', not inside JSON'}, in ${visible(database)}`;
  return [
    ...notJudgedLines(found),
    [
      span(flowId, 'title'),
      span(` is in ${counted(locations.length, 'column')}`),
      span(`; looked into ${looked}`, 'dim'),
    ],
    [],
    ...locations.map(
      ({ schema, table, column, rows, match }): Line => [
        span(`  ${visible(`${schema}.${table}.${column}`).padEnd(56)} `),
        span(counted(rows, 'row')),
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
          ` JSON of the first ${counted(lookedAt, 'row')}${estimate === null ? '' : ` of about ${number(Math.round(estimate))}`}`,
          'dim',
        ),
      ],
    ),
    ...notices.map((notice): Line => [span(`  ▲ ${visible(notice, 400)}`, 'warn')]),
  ];
}
