import type { FlowModel } from '../../flow/model.ts';
import type { Evidence } from '../finding/finding.ts';
import { documentedColumns, originOf } from '../relation/documented-columns.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import type { RestsOn, Rule } from '../rule/rule.ts';
import type { CustomRule } from './custom-rule-setting.ts';
import type { Predicate } from './predicate.ts';

/** A rule like any other, from the configuration. Its evidence is the value of every column that its predicate names. */
export function customRule(
  { id, message, title = message, severity, help }: CustomRule,
  { over, columns }: Predicate,
): Rule {
  return {
    id,
    title,
    severity,
    wayOut: 'manual',
    custom: true,
    ...(help === undefined ? {} : { help }),
    violated: (f) => over(f),
    restsOn: restsOn(columns),
    explain: (row, model) => ({ message, evidence: columns.map((name) => evidenceOf(name, row, model, help)) }),
  };
}

function evidenceOf(name: keyof FlowRow, row: FlowRow, model: FlowModel, help: string | undefined): Evidence {
  const { record, table, column } = originOf(name, model);
  return {
    record,
    table,
    column,
    found: asText(row[name]),
    expected: null,
    why: `${name}: ${documentedColumns[name].about}${help === undefined ? '' : `; ${help}`}`,
  };
}

/** What stands in a column of the flow relation: lists as words, what has members as JSON. */
function asText(value: FlowRow[keyof FlowRow]): string | null {
  if (value === null) return null;
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function restsOn(columns: readonly (keyof FlowRow)[]): RestsOn {
  const from = columns.map((name) => documentedColumns[name].from);
  return Object.fromEntries(
    Object.entries(Object.groupBy(from, ([record]) => record)).map(([record, names = []]) => [
      record,
      [...new Set(names.map(([, column]) => column))],
    ]),
  );
}
