import { documentedColumns } from '../relation/documented-columns.ts';
import type { FlowRow } from '../relation/flow-row.ts';
import { NODES, REFUSED } from './allowed-nodes.ts';
import { PredicateProblem } from './predicate-problem.ts';

/** Something that an expression names, and the character where. */
export interface Named<Name extends string = string> {
  readonly name: Name;
  readonly at: number;
}

/** A column, written as one word or as two: `status` or `f.status`. */
interface NamedColumn extends Named<keyof FlowRow> {
  readonly words: 1 | 2;
}

export interface Names {
  readonly columns: readonly NamedColumn[];
  readonly functions: readonly Named[];
  readonly operators: readonly Named[];
  /** What it casts to. */
  readonly types: readonly Named[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The columns, functions, operators and types that an expression names.
 * @param expression a node of PostgreSQL's parse tree: `{ <kind>: { <field>: … } }`
 * @throws PredicateProblem for every kind of node, and every field of one, that a predicate may not be made of
 */
export function named(expression: unknown, characterAt: (location: number) => number): Names {
  const columns: NamedColumn[] = [];
  const functions: Named[] = [];
  const operators: Named[] = [];
  const types: Named[] = [];

  function visit(node: unknown, around: number): void {
    if (Array.isArray(node)) {
      for (const one of node) visit(one, around);
      return;
    }
    const [[kind = '', inside] = []] = Object.entries(node as Fields);
    const fields = inside as Fields;
    const at = typeof fields.location === 'number' && fields.location >= 0 ? characterAt(fields.location) : around;
    const allowed = NODES[kind];
    if (!allowed) throw new PredicateProblem(`it may not hold ${REFUSED[kind] ?? `this (${kind})`}`, at);
    for (const field of Object.keys(fields)) {
      const fits = field === 'location' || allowed.nodes.includes(field) || allowed.plain.includes(field);
      if (!fits) throw new PredicateProblem(`it may not hold ${REFUSED[field] ?? `this (${kind}, ${field})`}`, at);
    }
    if (kind === 'ColumnRef') columns.push(columnOf(words(fields.fields), at));
    if (kind === 'FuncCall') functions.push({ name: systemName(words(fields.funcname), 'function', at), at });
    if (kind === 'A_Expr') operators.push({ name: systemName(words(fields.name), 'operator', at), at });
    if (kind === 'SQLValueFunction' && !/DATE|TIME/.test(String(fields.op))) {
      throw new PredicateProblem('it may not look at the session', at);
    }
    if (kind === 'TypeCast') typeOf(fields.typeName as Fields, at);
    for (const field of allowed.nodes) if (fields[field] !== undefined) visit(fields[field], at);
  }

  function typeOf({ names, typmods, arrayBounds, typemod, location, ...more }: Fields, at: number): void {
    if (Object.keys(more).length > 0) throw new PredicateProblem('it may not hold such a type', at);
    types.push({ name: systemName(words(names), 'type', at), at });
    if (typmods !== undefined) visit(typmods, at);
  }

  visit(expression, 0);
  return { columns, functions, operators, types };
}

/** The words of a name; null for what is no word, such as `*`. */
function words(parts: unknown): (string | null)[] {
  return (parts as { String?: { sval: string } }[]).map((part) => part.String?.sval ?? null);
}

function columnOf(path: readonly (string | null)[], at: number): NamedColumn {
  const [first, second] = path;
  const qualified = path.length === 2 && first === 'f';
  const name = qualified ? second : path.length === 1 ? first : undefined;
  if (typeof name === 'string' && Object.hasOwn(documentedColumns, name)) {
    return { name: name as keyof FlowRow, at, words: qualified ? 2 : 1 };
  }
  const written = path.map((part) => part ?? '*').join('.');
  throw new PredicateProblem(
    written === 'f' || written === 'f.*'
      ? `${written} is the whole row; name the columns`
      : `the flow relation has no column ${written}`,
    at,
  );
}

/** The name of something that is PostgreSQL's own. Sessions search nothing but pg_catalog for what has no schema. */
function systemName(path: readonly (string | null)[], what: string, at: number): string {
  const [name, ...schemas] = path.toReversed();
  if (typeof name === 'string' && (schemas.length === 0 || (schemas.length === 1 && schemas[0] === 'pg_catalog'))) {
    return name;
  }
  throw new PredicateProblem(`${path.join('.')} is no ${what} of PostgreSQL itself`, at);
}
