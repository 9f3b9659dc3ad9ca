import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type FlowColumns, flowColumns } from '../relation/flow-columns.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import { parsed } from './parsed.ts';
import { PredicateProblem } from './predicate-problem.ts';
import { type Named, named } from './what-it-names.ts';

/** The checked predicate of a custom rule. */
export interface Predicate {
  /** The expression over these columns, as rules have it. */
  over(f: FlowColumns): Sql;
  readonly columns: readonly (keyof FlowRow)[];
  /** The functions that it calls, by their names in `pg_catalog`, and where it does. */
  readonly functions: readonly Named[];
  readonly operators: readonly Named[];
  /** The types that it casts to, the same way. */
  readonly types: readonly Named[];
  /** From a character of the expression over columns `f.column` to the one of the text; both count from 0. */
  origin(character: number): number;
}

/**
 * Reads a predicate with PostgreSQL's own parser and refuses everything but one expression over the columns of the flow
 * relation. What it can be made of is listed, not what it can't.
 * @throws PredicateProblem
 */
export async function readPredicate(text: string): Promise<Predicate> {
  const { expression, tokens, characterAt } = await parsed(text);
  const { columns, functions, operators, types } = named(expression, characterAt);
  if (columns.length === 0) throw new PredicateProblem('it names no column of the flow relation', 0);
  // Piece by piece: what stands between two columns is copied, a column is written anew.
  const pieces: Piece[] = [];
  let copied = 0;
  for (const { name, at, words } of columns.toSorted((a, b) => a.at - b.at)) {
    const first = tokens.findIndex((token) => token.at === at);
    const last = tokens[first + 2 * (words - 1)];
    if (!last) throw new PredicateProblem(`the column ${name} cannot be told apart`, at);
    pieces.push({ at: copied, text: text.slice(copied, at) }, { at, name });
    copied = last.end;
  }
  pieces.push({ at: copied, text: text.slice(copied) });
  return {
    over: (f) =>
      join(
        pieces.map((piece) => pieceOver(f, piece)),
        '',
      ),
    columns: [...new Set(columns.map(({ name }) => name))],
    functions,
    operators,
    types,
    origin: (character) => {
      let before = 0;
      for (const piece of pieces) {
        const inside = character - before;
        const { length } = pieceOver(COLUMNS, piece).text;
        if (inside < length) return piece.at + ('name' in piece ? 0 : inside);
        before += length;
      }
      return text.length;
    },
  };
}

/** A part of the text as it stands, or a column that it names. */
type Piece = { readonly at: number } & ({ readonly text: string } | { readonly name: keyof FlowRow });

const COLUMNS = flowColumns('f');

function pieceOver(f: FlowColumns, piece: Piece): Sql {
  return 'name' in piece ? sql` ${f[piece.name]} ` : raw(piece.text);
}
