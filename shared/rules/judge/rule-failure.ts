import sql, { type Sql } from 'sql-template-tag';
import { serverError } from '../../database/driver/database-failure.ts';
import type { Reader } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import type { Reach } from '../relation/looked-up.ts';
import type { Rule } from '../rule/rule.ts';
import type { Install } from '../rule/rule-set.ts';
import { judgedFlows } from './judgement.ts';
import { namingTheText } from './unreadable-text.ts';

/** What was asked when it failed: of which flows, how far. */
interface Question {
  readonly install: Install;
  readonly reader: Reader;
  readonly reach: Reach;
  readonly chosen: Sql;
  /** Where they were asked for by their ids. */
  readonly flowIds?: readonly string[];
}

/**
 * Names the text that could not be read, or the custom rule that could not be asked of a row: a division by zero, a text that is no number, a part of a time
 * that there is not. No rule of Flowmend's own fails on a row; each custom one is asked once more, alone.
 * @returns what to throw instead; the same where no custom rule is to blame
 */
export async function namingTheRule(thrown: unknown, question: Question): Promise<unknown> {
  const custom = question.install.rules.asked.filter((rule) => rule.custom);
  const { state, message } = serverError(thrown);
  if (custom.length > 0 && thrown instanceof Failure && thrown.code === 'timed-out') return suspecting(custom, thrown);
  const named = await namingTheText(thrown, question);
  if (named !== thrown || custom.length === 0 || !isOfTheStatement(state)) return named;
  const blamed = await blamedOf(custom, state, question);
  if (blamed === 'none') return thrown;
  return new Failure('rule-failed', `${blamed} could not be asked of every flow: ${message}.`, {
    next: 'Let its predicate expect such values (nullif, case), or take it out of flowmend.yaml.',
    cause: thrown,
  });
}

/** Which rule takes so long would take as long again to find out. */
function suspecting(custom: readonly Rule[], { code, message, next, cause }: Failure): Failure {
  const ids = custom.map(({ id }) => id).join(', ');
  const more = `If it is quick without the custom rules of flowmend.yaml (${ids}), one of them takes so long.`;
  return new Failure(code, message, { next: `${next} ${more}`, cause });
}

async function blamedOf(custom: readonly Rule[], state: string, question: Question): Promise<string> {
  const named = ({ id }: Rule) => `The custom rule ${id}`;
  const without = await stateOf([], question);
  // Nothing can be asked any more in a transaction that failed.
  if (without === IN_FAILED_TRANSACTION && !IN_DOUBT.test(state)) {
    return custom.length === 1 ? custom.map(named).join() : 'A custom rule';
  }
  if (without !== '') return 'none';
  for (const rule of custom) if (isOfTheStatement(await stateOf([rule], question))) return named(rule);
  return 'none';
}

/** The error code that comes of asking these rules; empty where they can be asked. */
function stateOf(asked: readonly Rule[], { install, reader, reach, chosen }: Question): Promise<string> {
  const alone = { ...install, rules: { asked, notAsked: [] } };
  return reader.read(sql`select count(f.rules) from (${judgedFlows(alone, reach, chosen, ['child_id'])}) f`).then(
    () => '',
    (thrown: unknown) => serverError(thrown).state,
  );
}

const IN_FAILED_TRANSACTION = '25P02';

/** What may also come of a schema that changed meanwhile, or of a server in trouble. */
const IN_DOUBT = /^(3F|42P01|42703|XX)/;

/** Connection, transaction, password, database, serialization, rights, resources, locks, operators, system, foreign server. */
const OF_ITS_SURROUNDINGS = /^(08|25|28|3D|40|42501|53|55P03|57|58|HV)/;

/** True where what a statement says may have made it fail. Codes of the network and of Flowmend itself are none of PostgreSQL. */
export function isOfTheStatement(state: string): boolean {
  return /^(\d.|F0|P0|XX)...$/.test(state) && !OF_ITS_SURROUNDINGS.test(state);
}
