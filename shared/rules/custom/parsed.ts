import { hasSqlDetails, loadModule, parseSync, scanSync } from 'libpg-query';
import { PredicateProblem } from './predicate-problem.ts';

/** A word, sign or constant of the text; characters count from 0. */
interface Token {
  readonly at: number;
  readonly end: number;
}

export interface Parsed {
  /** The parse tree of the expression, as PostgreSQL names its nodes. */
  readonly expression: unknown;
  readonly tokens: readonly Token[];
  /** The character of the text that a location in the tree means. */
  characterAt(location: number): number;
}

/** An expression alone is no statement. Nothing but the expression may then be in the statement's tree. */
const BEFORE = 'select where ';
const OF_A_BARE_SELECT = ['whereClause', 'limitOption', 'op'];

/**
 * Parses an expression with PostgreSQL's own parser, compiled to WebAssembly.
 * @throws PredicateProblem where the text is not one expression, or holds a comment
 */
export async function parsed(text: string): Promise<Parsed> {
  if (text.includes('\0')) throw new PredicateProblem('it holds a NUL', text.indexOf('\0'));
  await loadModule();
  const bytes = Buffer.from(text);
  // Locations count the bytes of the statement.
  const characterAt = (location: number) => bytes.subarray(0, Math.max(0, location - BEFORE.length)).toString().length;
  try {
    const { stmts = [] } = parseSync(BEFORE + text);
    const tokens = scanSync(BEFORE + text).tokens.filter(({ start }) => start >= BEFORE.length);
    const stray = tokens.find((token) => token.text === ';' || /COMMENT/.test(token.tokenName));
    if (stray) throw new PredicateProblem(`"${stray.text.slice(0, 2)}" may not stand in it`, characterAt(stray.start));
    const [first] = stmts.map(({ stmt }) => stmt as { SelectStmt?: { whereClause?: unknown } } | undefined);
    const select = first?.SelectStmt;
    if (!select || stmts.length > 1 || Object.keys(select).some((key) => !OF_A_BARE_SELECT.includes(key))) {
      throw new PredicateProblem('it is more than one expression', 0);
    }
    return {
      expression: select.whereClause,
      tokens: tokens.map(({ start, end }) => ({ at: characterAt(start), end: characterAt(end) })),
      characterAt,
    };
  } catch (thrown) {
    if (thrown instanceof PredicateProblem) throw thrown;
    if (hasSqlDetails(thrown)) {
      throw new PredicateProblem(thrown.message, (thrown.sqlDetails?.cursorPosition ?? 0) - BEFORE.length);
    }
    throw new PredicateProblem('it is too deeply nested', 0);
  }
}
