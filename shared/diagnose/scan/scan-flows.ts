import sql, { type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { column } from '../../database/sql/identifier.ts';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import { type Severity, WORST_FIRST } from '../../rules/finding/finding.ts';
import {
  chosenByRecords,
  judgedByLookUps,
  judgedByRecords,
  judgedChildless,
  readByRecords,
  suspicionOfEnded,
} from '../../rules/judge/judgement.ts';
import { whyNotJudged } from '../../rules/judge/not-judged.ts';
import { namingTheRule } from '../../rules/judge/rule-failure.ts';
import { childrenOf } from '../../rules/relation/flow-relation.ts';
import type { Reach } from '../../rules/relation/looked-up.ts';
import { IMPORT_DIFFERS, suspects } from '../../rules/relation/suspects.ts';
import { rulesWith } from '../../rules/rule/rule-set.ts';
import type { Session } from '../../session.ts';
import { checkAsked } from './check-asked.ts';
import { checkKeys } from './check-keys.ts';
import { chosenChildless, chosenFlows, isNarrow, isWhole, nextPageAfter, type Selection } from './selection.ts';
import { sizeOf, storedFlows } from './unjudged-scan.ts';

/** A flow as a scan passes it: what a line in a list needs, and the ids of the rules that it violates. */
export interface PassedFlow {
  readonly flowId: string;
  readonly name: string | null;
  readonly status: string;
  readonly phase: string | null;
  readonly updatedAt: string;
  /** A master without a child: no flow of its own, but something wrong in the fleet. */
  readonly childless: boolean;
  /** In the order of the rule set. */
  readonly rules: readonly string[];
  /** The worst severity of its rules; null where it violates none, and where nothing is judged. */
  readonly worst: Severity | null;
}

/**
 * What a scan says: first how many flows it looks at, with the server's time (ISO 8601) and, of a page that another one
 * follows, the flow id after which that begins; then flow by flow.
 */
export type Passed =
  | { readonly kind: 'size'; readonly flows: number; readonly checkedAt: string; readonly nextAfter?: string }
  | { readonly kind: 'flow'; readonly flow: PassedFlow };

const SizeRow = z.object({ total: z.coerce.number(), checked_at: z.string(), next_after: z.string().nullable() });
const FlowRow = z.object({
  flow_id: z.string(),
  flow_name: z.string().nullable(),
  status: z.string(),
  phase_stored: z.string().nullable(),
  updated_at: z.string(),
  childless: z.boolean(),
  rules: z.array(z.string()),
});

export interface ScanFlowsOptions extends Selection {
  /** Default `open flows`. */
  readonly reach?: Reach;
  /** Aborting cancels the statement on the server. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Judges the fleet in the database and passes on the flows that violate a rule, one by one as they are found: nothing
 * holds the whole fleet. One statement, which PostgreSQL runs in parallel; where a row may be no flow of its own, one before
 * it. A narrow selection (a page, changed flows) also passes on flows that are well, so that the caller sees what got better.
 * @throws Failure of the connection; `cancelled` after the signal; `rule-failed` naming a custom rule; `wrong-data` where
 * flows cannot be told apart
 */
export async function* scanFlows(
  session: Session,
  { reach = 'open flows', signal, ...selection }: ScanFlowsOptions,
): AsyncGenerator<Passed> {
  if (whyNotJudged(session) !== undefined) {
    yield* passUnjudged(session, { ...selection, signal });
    return;
  }
  await checkKeys(session);
  checkAsked(session);
  let sized = false;
  try {
    for await (const row of session.reader.stream(scanStatement(session, reach, selection), signal)) {
      if (sized) {
        yield { kind: 'flow', flow: passedFlow(session, parseAnswer(FlowRow, row, 'A flow of the fleet')) };
      } else {
        const { total, checked_at, next_after } = parseAnswer(SizeRow, row, 'The fleet');
        const next = next_after === null ? {} : { nextAfter: next_after };
        yield { kind: 'size', flows: total, checkedAt: checked_at, ...next };
        sized = true;
      }
    }
  } catch (thrown) {
    const chosen = chosenFlows(session, selection);
    throw await namingTheRule(thrown, { install: session, reader: session.reader, reach, chosen });
  }
}

/** Where nothing is judged, every chosen flow as it is stored. */
async function* passUnjudged(
  session: Session,
  options: Selection & { signal: AbortSignal | undefined },
): AsyncGenerator<Passed> {
  const { flows, checkedAt, nextAfter } = await sizeOf(session, options);
  yield { kind: 'size', flows, checkedAt, ...(nextAfter === null ? {} : { nextAfter }) };
  for await (const flow of storedFlows(session, options)) {
    yield { kind: 'flow', flow: { ...flow, childless: false, rules: [], worst: null } };
  }
}

/** The columns that a scan passes on, and those by which flows and masters without a child are told apart before. */
const PASSED = ['flow_id', 'child_id', 'flow_name', 'status', 'phase_stored', 'updated_at'] as const;
const FOUND = [...PASSED, 'master_id'] as const;

function scanStatement(session: Session, reach: Reach, selection: Selection): Sql {
  const chosen = chosenFlows(session, selection);
  const next = nextPageAfter(session, selection);
  if (isNarrow(selection)) {
    return sql`with flows as materialized (${chosenByRecords(session, reach, chosen, PASSED)})
      ${sizeRow(sql`(select count(*) from flows)`, next)}
      union all ${passedRows(judgedByLookUps(session, reach, PASSED))}
      union all ${passedMasters(judgedChildless(session, chosenChildless(selection)))}`;
  }
  const broken = sql`where cardinality(f.rules) > 0`;
  const ended = suspicionOfEnded(session, reach);
  // One pass over a large part of the fleet, in parallel workers.
  const suspected = suspects(session.model, session.catalog, {
    ...ended,
    chosen,
    needed: readByRecords(session, FOUND),
    childless: isWhole(selection) ? 'with childless masters' : 'flows only',
  });
  const uncounted = ended.imports === 'link' ? column('s', IMPORT_DIFFERS) : sql`true`;
  return sql`with judged as materialized (${judgedByRecords(session, reach, suspected, FOUND, [IMPORT_DIFFERS])}),
      flows as materialized (
        select distinct on (j.child_id, j.master_id) j.* from judged j
        order by j.child_id, j.master_id, ${column('j', IMPORT_DIFFERS)} desc
      )
    ${sizeRow(sql`(select count(*) from (${childrenOf(session)}) f where ${chosen})`, next)}
    union all ${passedRows(judgedByLookUps(session, reach, PASSED, uncounted))} ${broken} and f.child_id is not null
    union all ${passedMasters(judgedChildless(session, childlessOf(selection)))} ${broken}`;
}

/** In a scan of everything the one pass has seen which masters have no child; of a part it cannot tell. */
function childlessOf(selection: Selection): Sql {
  return isWhole(selection)
    ? sql`f.child_id = any(array(select s.master_id from flows s where s.child_id is null))`
    : chosenChildless(selection);
}

/** First the number of flows that are looked at, as a row of its own. */
function sizeRow(flows: Sql, nextAfter: Sql): Sql {
  return sql`select null::uuid as flow_id, null::text as flow_name, null::text as status, null::text as phase_stored,
    null::text as updated_at, null::boolean as childless, null::text[] as rules, ${flows} as total, ${isoText(sql`now()`)} as checked_at,
    ${nextAfter} as next_after`;
}

function passedRows(judged: Sql): Sql {
  return sql`select f.flow_id, f.flow_name::text, f.status, f.phase_stored::text, ${isoText(sql`f.updated_at`)}, false, f.rules,
    null::bigint, null::text, null::uuid from (${judged}) f`;
}

function passedMasters(judged: Sql): Sql {
  return sql`select f.flow_id, null::text, f.status, null::text, ${isoText(sql`f.updated_at`)}, true, f.rules,
    null::bigint, null::text, null::uuid from (${judged}) f`;
}

/** As JSON prints times, so that no session setting shows. */
function isoText(time: Sql): Sql {
  return sql`to_json(${time}) #>> '{}'`;
}

function passedFlow({ rules }: Session, row: z.infer<typeof FlowRow>): PassedFlow {
  const violated = rulesWith(rules, row.rules);
  return {
    flowId: row.flow_id,
    name: row.flow_name,
    status: row.status,
    phase: row.phase_stored,
    updatedAt: row.updated_at,
    childless: row.childless,
    rules: violated.map((rule) => rule.id),
    worst: WORST_FIRST.find((severity) => violated.some((rule) => rule.severity === severity)) ?? null,
  };
}
