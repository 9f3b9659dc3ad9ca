import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { FlowRow } from '../relation/flow-row.ts';
import type { Install } from '../rule/rule-set.ts';
import { judgedFlows } from './judgement.ts';
import { namingTheRule } from './rule-failure.ts';

/** Which records are the flow's, and the keys by which they are linked. */
export const FlowRecords = FlowRow.pick({
  flow_id: true,
  child_id: true,
  master_id: true,
  link_key: true,
  link_other_key: true,
  import_own: true,
});
export type FlowRecords = z.infer<typeof FlowRecords>;
const Judged = FlowRecords.extend({ rules: z.array(z.string()) });
export type Judged = z.infer<typeof Judged>;

const NAMES = Object.keys(FlowRecords.shape) as (keyof typeof FlowRecords.shape)[];

/**
 * Which of these flows are there, the ids of the rules that each breaks, and which records are its own, in one statement.
 * A master without a child is none of them: no repair is of one.
 * @throws Failure `rule-failed`
 */
export async function judgeFlows(
  reader: Reader,
  install: Install,
  flowIds: readonly string[],
): Promise<ReadonlyMap<string, Judged>> {
  const chosen = amongFlows(flowIds);
  const rows = await reader.read(judgedFlows(install, 'every flow', chosen, NAMES)).catch(async (thrown: unknown) => {
    throw await namingTheRule(thrown, { install, reader, reach: 'every flow', chosen });
  });
  return new Map(parseAnswer(z.array(Judged), rows, 'The judgement').map((one) => [one.flow_id, one] as const));
}

/** The query for the {@link FlowRecords} of these flows, which asks no rule: for a statement that asks more. */
export function recordsOfFlows(install: Install, flowIds: readonly string[]): Sql {
  const rules = { asked: [], notAsked: [] };
  return judgedFlows({ ...install, rules }, 'every flow', amongFlows(flowIds), NAMES);
}

function amongFlows(flowIds: readonly string[]): Sql {
  return sql`f.flow_id = any(${[...flowIds]}::uuid[])`;
}
