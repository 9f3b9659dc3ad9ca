import sql, { join, type Sql } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { literal } from '../../database/sql/identifier.ts';
import { type FlowModel, masterStatusMap } from '../../flow/model.ts';
import { type FlowColumns, flowColumns } from './flow-columns.ts';
import { masterStatusFor } from './status-columns.ts';

/** A rule that flows which have ended are asked. */
export interface EndedRule {
  predicate(f: FlowColumns): Sql;
  /** From the configuration: it may fail on a constant that no row has. */
  readonly custom: boolean;
}

/**
 * True for an open flow, and for an ended one that breaks a rule. Written out for each status, and there for the master
 * status that goes with it, with both as constants: PostgreSQL then folds away what the rules ask about other statuses.
 */
export function openOrBroken(model: FlowModel, catalog: Catalog, rules: readonly EndedRule[]): Sql {
  const cases = model.statuses.ended.map((status) => {
    const inStep = masterStatusMap(model)[status]?.find((word) => catalog.masterStatuses.has(word));
    const wanted = masterStatusFor(status, model, catalog, COLUMNS.master_status);
    const ofChild = {
      status: text(status),
      status_wanted: text(status),
      master_status_wanted: sql`(${wanted})`,
      open: sql`false`,
      awaits_approval: sql`false`,
    };
    const broken = anyOf(rules, ofChild);
    if (inStep === undefined) return sql`when ${literal(status)} then ${broken}`;
    const ofBoth = {
      ...ofChild,
      master_status: text(inStep),
      master_status_wanted: text(inStep),
      master_status_accepted: sql`true`,
    };
    return sql`when ${literal(status)} then case when f.master_status = ${literal(inStep)} then ${anyOf(rules, ofBoth)}
      else ${broken} end`;
  });
  return sql`case f.status ${join(cases, ' ')} else true end`;
}

const text = (word: string) => sql`${literal(word)}::text`;

/** True where one of the rules is violated; columns of the relation that are known are written as constants. */
function anyOf(rules: readonly EndedRule[], known: Known): Sql {
  if (rules.length === 0) return sql`false`;
  const conditions = rules.map(({ predicate, custom }) => {
    const by = custom ? { ...DERIVED, master_status_wanted: known.master_status_wanted } : known;
    return sql`(${predicate({ ...COLUMNS, ...by })})`;
  });
  return sql`coalesce(${join(conditions, ' or ')}, false)`;
}

const COLUMNS = flowColumns('f');

/** What is derived from JSON or statuses, of a flow that has ended. */
const DERIVED = { status_wanted: COLUMNS.status, awaits_approval: sql`false` };

type Known = Partial<FlowColumns> & Pick<FlowColumns, 'master_status_wanted'>;
