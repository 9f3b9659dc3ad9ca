import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader } from '../database/reader.ts';
import { namingTheRule } from './custom/rule-failure.ts';
import { judgedFlows } from './judgement.ts';
import { FlowRow } from './relation/flow-row.ts';
import type { Install } from './rule-set.ts';

/** Which records are the flow's, and the keys by which they are linked. */
const Records = FlowRow.pick({
  flow_id: true,
  child_id: true,
  master_id: true,
  link_key: true,
  link_other_key: true,
  import_own: true,
});
const Judged = Records.extend({ rules: z.array(z.string()) });
export type Judged = z.infer<typeof Judged>;

const NAMES = Object.keys(Records.shape) as (keyof typeof Records.shape)[];

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
  const chosen = sql`f.flow_id = any(${[...flowIds]}::uuid[])`;
  const rows = await reader.read(judgedFlows(install, 'every flow', chosen, NAMES)).catch(async (thrown: unknown) => {
    throw await namingTheRule(thrown, { install, reader, reach: 'every flow', chosen });
  });
  return new Map(parseAnswer(z.array(Judged), rows, 'The judgement').map((one) => [one.flow_id, one] as const));
}
