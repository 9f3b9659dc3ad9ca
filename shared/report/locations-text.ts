import type { Locations } from '../diagnose/locate.ts';
import { type Line, span } from './tone.ts';
import { visible } from './visible.ts';

/** Where a flow's id is stored, table by table, and what could not be looked into. */
export function locationsText({ flowId, locations, unread, tables, columns, json }: Locations): Line[] {
  const looked = `${columns} uuid and text columns of ${tables} tables${json ? ', and inside their JSON' : ''}`;
  return [
    [span(flowId, 'title'), span(` is in ${locations.length} columns`), span(`; looked into ${looked}`, 'dim')],
    [],
    ...locations.map(
      ({ schema, table, column, rows, match }): Line => [
        span(`  ${visible(`${schema}.${table}.${column}`).padEnd(56)} `),
        span(`${rows} ${rows === 1 ? 'row' : 'rows'}`),
        span(match === 'inside' ? '  inside JSON' : '', 'dim'),
      ],
    ),
    ...unread.map(
      ({ table, why }): Line => [
        span(`  ▲ not looked into: ${visible(table)}`, 'warn'),
        span(` ${visible(why)}`, 'dim'),
      ],
    ),
  ];
}
