import sql, { type Sql } from 'sql-template-tag';
import { serverError } from '../../database/database-failure.ts';
import type { Reader } from '../../database/reader.ts';
import { Failure } from '../../failure.ts';
import { judgedFlows } from '../judgement.ts';
import type { Reach } from '../relation/looked-up.ts';
import type { Install } from '../rule-set.ts';

/** What was asked when it failed: of which flows, how far. */
interface Question {
  readonly install: Install;
  readonly reader: Reader;
  readonly reach: Reach;
  readonly chosen: Sql;
}

/**
 * Names the custom rule that could not be asked of a row: a division by zero, a text that is no number. No rule of
 * Flowmend's own fails on a row, so where there is one custom rule it is that one; of several each is asked once more.
 * @returns what to throw instead; the same where no custom rule is to blame
 */
export async function namingTheRule(thrown: unknown, question: Question): Promise<unknown> {
  const custom = question.install.rules.asked.filter((rule) => rule.custom);
  const { state, message } = serverError(thrown);
  if (custom.length === 0 || !aboutAValue(state)) return thrown;
  const blamed = custom.length === 1 ? custom[0] : await firstThatFails(question);
  const who = blamed ? `The custom rule ${blamed.id}` : 'A custom rule';
  return new Failure('rule-failed', `${who} could not be asked of every flow: ${message}.`, {
    next: 'Let its predicate expect such values (nullif, case), or take it out of flowmend.yaml.',
    cause: thrown,
  });
}

async function firstThatFails({ install, reader, reach, chosen }: Question) {
  for (const rule of install.rules.asked.filter(({ custom }) => custom)) {
    const alone = { ...install, rules: { asked: [rule], notAsked: [] } };
    const read = reader.read(sql`select count(f.rules) from (${judgedFlows(alone, reach, chosen)}) f`);
    const state = await read.then(
      () => '',
      (thrown: unknown) => serverError(thrown).state,
    );
    if (aboutAValue(state)) return rule;
  }
  return undefined;
}

/** Class 22 of PostgreSQL's error codes: a value that an expression could not take. */
function aboutAValue(state: string): boolean {
  return state.startsWith('22');
}
