import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader } from '../database/reader.ts';
import { namingTheRule } from './custom/rule-failure.ts';
import { judgedChildless, judgedFlows } from './judgement.ts';
import type { Install } from './rule-set.ts';

const Judged = z.object({ flow_id: z.string(), rules: z.array(z.string()) });

/**
 * The ids of the rules that each of these flows breaks, in one statement. A flow that breaks none is not in the answer.
 * @throws Failure `rule-failed`
 */
export async function judgeFlows(
  reader: Reader,
  install: Install,
  flowIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const chosen = sql`f.flow_id = any(${[...flowIds]}::uuid[])`;
  const statement = sql`
    select f.flow_id, f.rules from (
      ${judgedFlows(install, 'every flow', chosen, ['flow_id'])}
      union all
      select m.flow_id, m.rules from (${judgedChildless(install, chosen)}) m
    ) f where cardinality(f.rules) > 0`;
  const rows = await reader.read(statement).catch(async (thrown: unknown) => {
    throw await namingTheRule(thrown, { install, reader, reach: 'every flow', chosen });
  });
  return new Map(
    parseAnswer(z.array(Judged), rows, 'The judgement').map(({ flow_id, rules }) => [flow_id, rules] as const),
  );
}
