import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { tableName } from '../database/catalog.ts';
import { column, literal, tableIdent } from '../database/identifier.ts';
import { parseAnswer } from '../database/parse-answer.ts';
import type { FlowModel } from '../flow/model.ts';
import type { Session } from '../session.ts';
import { Finding, type Severity, worstFirst } from './finding.ts';
import { FlowRow, flowRelation } from './flow-relation.ts';
import { type Depth, judgedFlows, violatesAnyRule } from './judgement.ts';
import { findingOf, type Rule } from './rule.ts';
import { ruleById, rules } from './rules/index.ts';

/** One flow of a scan: enough for a line in a list. Times are ISO 8601. */
export const ScannedFlow = z.object({
  flowId: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  phase: z.string().nullable(),
  updatedAt: z.string(),
  findings: z.array(Finding),
});
export type ScannedFlow = z.infer<typeof ScannedFlow>;

export const Scan = z.object({
  schemaVersion: z.literal(1),
  database: z.string(),
  kind: z.string(),
  checkedAt: z.string(),
  /** Flows by the worst severity of their findings; `healthy` have none. */
  totals: z.object({
    flows: z.number(),
    error: z.number(),
    warning: z.number(),
    info: z.number(),
    healthy: z.number(),
  }),
  /** Worst first, then the longest untouched; at most `limit`. */
  flows: z.array(ScannedFlow),
});
export type Scan = z.infer<typeof Scan>;

export interface ScanOptions {
  /** Flows without findings too. */
  readonly healthy?: boolean;
  /** Most flows to list; the totals count all of them. */
  readonly limit?: number;
  /** Default `open`: rules that read JSON or count records look at open flows only. */
  readonly depth?: Depth;
}

const DEFAULT_LIMIT = 500;
const Severities: readonly Severity[] = ['error', 'warning', 'info'];
const Totals = z.object({ flows: z.number(), error: z.number(), warning: z.number(), info: z.number() });
const Answer = z.object({
  scan: z.object({ totals: Totals, flows: z.array(z.object({ flow: FlowRow, rules: z.array(z.string()) })) }),
});

/**
 * Judges the whole fleet in the database: one statement for the totals and the worst flows.
 * @throws Failure of the connection; `wrong-data` where a row holds what the flow model cannot read
 */
export async function scan(session: Session, options: ScanOptions = {}): Promise<Scan> {
  const { reader, model, settings } = session;
  const [answer] = await reader.read(scanStatement(session, options));
  const { totals, flows } = parseAnswer(Answer, answer, 'The fleet').scan;
  return {
    schemaVersion: 1,
    database: settings.database.label,
    kind: model.kind,
    checkedAt: new Date().toISOString(),
    totals: { ...totals, healthy: totals.flows - totals.error - totals.warning - totals.info },
    flows: flows.map(({ flow, rules: violated }) => ({
      flowId: flow.flow_id,
      name: flow.flow_name,
      status: flow.status,
      phase: flow.phase_stored,
      updatedAt: flow.updated_at,
      findings: worstFirst(
        violated
          .map((id) => ruleById(id))
          .filter((rule): rule is Rule => rule !== undefined)
          .map((rule) => findingOf(rule, flow, model)),
      ),
    })),
  };
}

function scanStatement(
  { model, catalog }: Session,
  { healthy = false, limit = DEFAULT_LIMIT, depth = 'open' }: ScanOptions,
): Sql {
  const severityColumns = Severities.map(
    (severity, index) => sql`count(*) filter (where worst = ${raw(String(index))}) as ${raw(severity)}`,
  );
  const child = tableIdent(tableName(catalog.child));
  const flowId = column('c', model.child.columns.flowId);
  // Violators are found narrowly; only the flows that are listed are read in full.
  return sql`
    with violators as materialized (
      select flow_id, updated_at, rules, ${worstOf()} as worst
      from (${judgedFlows(model, catalog, depth)} where ${violatesAnyRule(model, depth)}) judged
    ), totals as (
      select (select count(*) from ${child}) as flows, ${join(severityColumns, ', ')} from violators
    ), listed as (
      (select flow_id, updated_at, rules, worst from violators order by worst, updated_at, flow_id limit ${limit})
      ${healthy ? sql`union all (${healthyFlows(model, child, flowId, limit)})` : empty}
    )
    select json_build_object(
      'totals', (select to_json(totals) from totals),
      'flows', coalesce((
        select json_agg(json_build_object('flow', to_json(f), 'rules', page.rules) order by page.worst, page.updated_at, page.flow_id)
        from (select * from listed order by worst, updated_at, flow_id limit ${limit}) page
        join (${flowRelation(model, catalog)}) f on f.flow_id = page.flow_id
      ), '[]')
    ) as scan`;
}

function healthyFlows(model: FlowModel, child: Sql, flowId: Sql, limit: number): Sql {
  const updatedAt = column('c', model.child.columns.updatedAt);
  return sql`select ${flowId}, ${updatedAt}, '{}'::text[], ${raw(String(Severities.length))} from ${child} c
    where not exists (select from violators v where v.flow_id = ${flowId})
    order by ${updatedAt}, ${flowId} limit ${limit}`;
}

function worstOf(): Sql {
  const cases = Severities.map((severity, index) => sql`when ${anyOf(severity)} then ${raw(String(index))}`);
  return sql`case ${join(cases, ' ')} end`;
}

function anyOf(severity: Severity): Sql {
  const ids = rules.filter((rule) => rule.severity === severity).map((rule) => literal(rule.id));
  return ids.length === 0 ? sql`false` : sql`rules && array[${join(ids, ', ')}]::text[]`;
}
