import sql, { raw } from 'sql-template-tag';
import type { Catalog } from '../../database/catalog/catalog.ts';
import { serverError } from '../../database/driver/database-failure.ts';
import type { StreamReader } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import type { FlowModel } from '../../flow/model.ts';
import { isOfTheStatement } from '../judge/rule-failure.ts';
import { flowColumns } from '../relation/flow-columns.ts';
import { flowRelation } from '../relation/flow-relation.ts';
import { withLookUps } from '../relation/looked-up.ts';
import type { Rule } from '../rule/rule.ts';
import { customRule } from './custom-rule.ts';
import type { CustomRule } from './custom-rule-setting.ts';
import { refusedFunctions } from './function-check.ts';
import { refusedOperators } from './operator-check.ts';
import type { Predicate } from './predicate.ts';
import { PredicateProblem } from './predicate-problem.ts';
import { refusedTypes } from './type-check.ts';

/** The part of a configuration that has rules of its own. */
interface ConfiguredRules {
  readonly customRules: readonly CustomRule[];
  /** File, line and column of a value, or of a character (from 0) inside of it. */
  placeOf(path: readonly (string | number)[], character?: number): string;
}

/**
 * The custom rules of a configuration, each checked: first its text, with PostgreSQL's parser; then its functions and types,
 * by the server's catalog; then by the server itself, which analyses it on the read-only session and runs nothing.
 * @throws Failure `settings-invalid` with the line and column of the file; the connection's
 */
export async function customRules(
  { customRules, placeOf }: ConfiguredRules,
  { reader, model, catalog }: { reader: StreamReader; model: FlowModel; catalog: Catalog },
): Promise<Rule[]> {
  if (customRules.length === 0) return [];
  // Most connections have no custom rules and need no parser for them.
  const { readPredicate } = await import('./predicate.ts');
  const checked = await Promise.all(
    customRules.map(async (rule, index) => {
      const refuse = (problem: PredicateProblem) => {
        const place = placeOf(['customRules', index, 'where'], Math.max(0, problem.at));
        return new Failure('settings-invalid', `${place}: custom rule ${rule.id}: ${problem.message}.`, {
          next: 'docs/configuration.md lists the columns, and says what a predicate may hold.',
        });
      };
      return refusing(refuse, async () => ({ rule, refuse, predicate: await readPredicate(rule.where) }));
    }),
  );
  const namesOf = (kind: 'functions' | 'operators' | 'types') =>
    checked.flatMap(({ predicate }) => predicate[kind].map(({ name }) => name));
  const [functions, operators, types] = await Promise.all([
    refusedFunctions(reader, namesOf('functions')),
    refusedOperators(reader, namesOf('operators')),
    refusedTypes(reader, namesOf('types')),
  ]);
  return Promise.all(
    checked.map(({ rule, refuse, predicate }) =>
      refusing(refuse, async () => {
        for (const { name, at } of predicate.functions) {
          const why = functions.get(name);
          if (why !== undefined) throw new PredicateProblem(`${name}() ${why}`, at);
        }
        for (const { name, at } of predicate.operators) {
          const why = operators.get(name);
          if (why !== undefined) throw new PredicateProblem(`the operator ${name} ${why}`, at);
        }
        for (const { name, at } of predicate.types) {
          const why = types.get(name);
          if (why !== undefined) throw new PredicateProblem(`a cast to ${name}: it ${why}`, at);
        }
        await analysed(predicate, reader, model, catalog);
        return customRule(rule, predicate);
      }),
    ),
  );
}

async function refusing<T>(refuse: (problem: PredicateProblem) => Failure, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof PredicateProblem ? refuse(thrown) : thrown;
  }
}

/**
 * Has PostgreSQL analyse the predicate: types and operators are its business. It is not planned, which would run what it says
 * of constants.
 */
async function analysed(predicate: Predicate, reader: StreamReader, model: FlowModel, catalog: Catalog): Promise<void> {
  const before = sql`with flows as (${flowRelation(model, catalog)})
    select from (${withLookUps(model, catalog, 'every flow')}) f where (`;
  try {
    await reader.analyse(raw(`${before.text}${predicate.over(flowColumns('f')).text})`));
  } catch (thrown) {
    const { state, message, position } = serverError(thrown);
    // All but the predicate of this statement is Flowmend's own.
    if (!isOfTheStatement(state)) throw thrown;
    const inside = position === undefined ? 0 : position - [...before.text].length;
    throw new PredicateProblem(message, predicate.origin(Math.max(0, inside)));
  }
}
