import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../database/parse-answer.ts';
import type { Reader } from '../database/reader.ts';
import { judgedFlows } from './judgement.ts';
import type { Install } from './rule-set.ts';

const Judged = z.object({ flow_id: z.string(), rules: z.array(z.string()) });

/** The ids of the rules that each of these flows breaks, in one statement. A flow that breaks none is not in the answer. */
export async function judgeFlows(
  reader: Reader,
  install: Install,
  flowIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const judged = judgedFlows(install, 'one flow', sql`f.flow_id = any(${[...flowIds]}::uuid[])`);
  const rows = await reader.read(sql`select f.flow_id, f.rules from (${judged}) f where cardinality(f.rules) > 0`);
  return new Map(
    parseAnswer(z.array(Judged), rows, 'The judgement').map(({ flow_id, rules }) => [flow_id, rules] as const),
  );
}
