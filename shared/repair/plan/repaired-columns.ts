import type { WritableRecord } from '../../flow/change.ts';
import { rules } from '../../rules/builtin/index.ts';
import type { Session } from '../../session.ts';
import { columnsOf } from './plan-repair.ts';

/** The columns of a record that a repair of any rule writes, those that are switched off now included: a receipt may be older. */
export function repairedColumns(
  { catalog, model }: Pick<Session, 'catalog' | 'model'>,
  record: WritableRecord,
): ReadonlySet<string> {
  return new Set(rules.flatMap((rule) => columnsOf(rule.writes ?? {}, record, model, catalog)));
}
