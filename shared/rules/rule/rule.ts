import type { Sql } from 'sql-template-tag';
import type { FlowModel } from '../../flow/model.ts';
import type { FlowFacts } from '../facts/flow-facts.ts';
import type { Evidence, Finding, Severity, WayOut } from '../finding/finding.ts';
import type { Fix } from '../finding/fix.ts';
import { columnsUsedBy, type FlowColumns } from '../relation/flow-columns.ts';
import type { FlowRow } from '../relation/flow-row.ts';

/** The columns of each record, by their names in the flow model, that a decision rests on. `flags`: all phase flags. */
export interface RestsOn {
  readonly child?: readonly (keyof FlowModel['child']['columns'] | 'flags')[];
  readonly master?: readonly (keyof FlowModel['master']['columns'])[];
  readonly import?: readonly (keyof FlowModel['import']['columns'])[];
  readonly rawRecords?: readonly (keyof FlowModel['rawRecords']['columns'])[];
  readonly mappingRows?: readonly (keyof FlowModel['mappingRows']['columns'])[];
}

/** What a threshold counts. */
export type ThresholdName = 'hours' | 'retries';

/** The number in a rule that configuration may move. */
interface Threshold {
  readonly name: ThresholdName;
  readonly value: number;
  /** The same rule with another number. */
  at(value: number): Rule;
}

/**
 * One way a flow breaks. The predicate is the only implementation of the rule; PostgreSQL evaluates it for one flow
 * or the whole fleet, and only rows that violate it come back to be explained.
 */
export interface Rule {
  readonly id: string;
  /** What is wrong, without the values: for lists and documentation. */
  readonly title: string;
  readonly severity: Severity;
  readonly wayOut: WayOut;
  /** What it is asked of; default: flows with a child record. */
  readonly of?: 'childless master';
  /** From the configuration: its predicate was checked, but may still fail on a value of a row. */
  readonly custom?: boolean;
  /** What to do about it, where the configuration says so. */
  readonly help?: string;
  /** Present where the rule holds from a number on. */
  readonly threshold?: Threshold;
  /** Only flows that have not ended can break it; the others are not asked. */
  readonly openOnly?: boolean;
  /** True for a flow that breaks the rule: SQL over the columns of the flow relation. Must not be volatile, may be null. */
  violated(f: FlowColumns, model: FlowModel): Sql;
  /** Everything that must still be true when the fix is applied. */
  readonly restsOn: RestsOn;
  explain(row: FlowRow, model: FlowModel): { message: string; evidence: Evidence[] };
  /**
   * After its fix other rules can see a record that they could not see before. Errors that they then report are old, so they
   * do not roll the repair back.
   */
  readonly revealsRecord?: boolean;
  /** The columns that its fix may write, updated_at aside. A plan that writes another one was not made by this rule. */
  readonly writes?: RestsOn;
  /** Present where the rule can be mended in the database. */
  fix?(facts: FlowFacts, model: FlowModel): Fix;
}

/** The finding of a rule on a flow that PostgreSQL said violates it. */
export function findingOf(rule: Rule, row: FlowRow, model: FlowModel): Finding {
  return {
    rule: rule.id,
    severity: rule.severity,
    flowId: row.flow_id,
    wayOut: rule.wayOut,
    ...rule.explain(row, model),
  };
}

/** The columns of the flow relation that a rule's predicate names. */
export function columnsNamed(rule: Pick<Rule, 'violated'>, model: FlowModel): (keyof FlowRow)[] {
  return columnsUsedBy((f) => rule.violated(f, model));
}
