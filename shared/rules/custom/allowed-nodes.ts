/** A kind of node: the fields that hold further nodes, and those that hold none. */
interface Shape {
  readonly nodes: readonly string[];
  readonly plain: readonly string[];
}

/** What a predicate may be made of, by PostgreSQL's names for the nodes of an expression (parsenodes.h, primnodes.h). */
export const NODES: Readonly<Record<string, Shape>> = {
  ColumnRef: { nodes: [], plain: ['fields'] },
  A_Const: { nodes: [], plain: ['ival', 'fval', 'boolval', 'sval', 'bsval', 'isnull'] },
  A_Expr: { nodes: ['lexpr', 'rexpr'], plain: ['kind', 'name', 'rexpr_list_start', 'rexpr_list_end'] },
  BoolExpr: { nodes: ['args'], plain: ['boolop'] },
  NullTest: { nodes: ['arg'], plain: ['nulltesttype', 'argisrow'] },
  BooleanTest: { nodes: ['arg'], plain: ['booltesttype'] },
  CaseExpr: { nodes: ['arg', 'args', 'defresult'], plain: [] },
  CaseWhen: { nodes: ['expr', 'result'], plain: [] },
  CoalesceExpr: { nodes: ['args'], plain: [] },
  MinMaxExpr: { nodes: ['args'], plain: ['op'] },
  FuncCall: { nodes: ['args'], plain: ['funcname', 'funcformat'] },
  NamedArgExpr: { nodes: ['arg'], plain: ['name', 'argnumber'] },
  SQLValueFunction: { nodes: [], plain: ['op', 'typmod'] },
  TypeCast: { nodes: ['arg'], plain: ['typeName'] },
  A_ArrayExpr: { nodes: ['elements'], plain: ['list_start', 'list_end'] },
  A_Indirection: { nodes: ['arg', 'indirection'], plain: [] },
  A_Indices: { nodes: ['lidx', 'uidx'], plain: ['is_slice'] },
  List: { nodes: ['items'], plain: [] },
};

/** Words for what people try: kinds of nodes, and fields that turn a call into something else. */
export const REFUSED: Readonly<Record<string, string>> = {
  SubLink: 'a subquery',
  ParamRef: 'a parameter',
  RowExpr: 'a row',
  CollateClause: 'a collation',
  String: 'a field of a composite value',
  A_Star: 'a whole row',
  agg_star: 'an aggregate',
  agg_filter: 'an aggregate',
  agg_order: 'an aggregate',
  agg_distinct: 'an aggregate',
  agg_within_group: 'an aggregate',
  over: 'a window function',
  func_variadic: 'VARIADIC',
};
