import sql from 'sql-template-tag';
import { z } from 'zod';
import { parseAnswer } from '../../database/sql/parse-answer.ts';
import { asFailure } from '../../files/as-failure.ts';
import { Finding, type Severity, WORST_FIRST, worstFirst } from '../../rules/finding/finding.ts';
import { judgedAll } from '../../rules/judge/judgement.ts';
import { whyNotJudged } from '../../rules/judge/not-judged.ts';
import { namingTheRule } from '../../rules/judge/rule-failure.ts';
import { childrenOf } from '../../rules/relation/flow-relation.ts';
import { FlowRow } from '../../rules/relation/flow-row.ts';
import type { Reach } from '../../rules/relation/looked-up.ts';
import { findingsOf, NotAsked, rulesWith } from '../../rules/rule/rule-set.ts';
import type { Session } from '../../session.ts';
import { type PassedFlow, scanFlows } from './scan-flows.ts';
import { chosenFlows, type Selection } from './selection.ts';
import { sizeOf, storedFlows } from './unjudged-scan.ts';

/** One flow of a scan: enough for a line in a list. Times are ISO 8601. */
export const ScannedFlow = z.object({
  flowId: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  phase: z.string().nullable(),
  updatedAt: z.string(),
  findings: z.array(Finding),
  /** That it has no findings says nothing: it was not judged. */
  notJudged: z.literal(true).optional(),
});
export type ScannedFlow = z.infer<typeof ScannedFlow>;

export const Scan = z.object({
  schemaVersion: z.literal(1),
  /** Why nothing is judged on this install; absent where it is. The totals then count only the flows. */
  notJudged: z.string().optional(),
  database: z.string(),
  kind: z.string(),
  /** The server's time when the scan began. */
  checkedAt: z.string(),
  /**
   * Flows by the worst severity of their findings; `healthy` have none, and are none where the scan ended early. Masters
   * without a child are counted by their severity only: they are no flows.
   */
  totals: z.object({
    flows: z.number(),
    error: z.number(),
    warning: z.number(),
    info: z.number(),
    healthy: z.number(),
  }),
  /** Worst first, then the longest untouched; at most `limit`. */
  flows: z.array(ScannedFlow),
  /** Rules that this install could not answer. */
  notAsked: z.array(NotAsked),
  /** What could not be seen or is not there, in words. */
  notices: z.array(z.string()),
  /** Why the scan ended early: then the totals count only what was found so far. */
  endedEarly: z.object({ code: z.string(), message: z.string(), next: z.string() }).nullable(),
  /**
   * Of a page that another one follows: the flow id after which that begins. Not there on the last page, in a scan without
   * pages, and in one that ended early, whose page has to be asked for again.
   */
  nextAfter: z.string().optional(),
});
export type Scan = z.infer<typeof Scan>;

export interface ScanOptions extends Selection {
  /** Flows without findings too. */
  readonly healthy?: boolean;
  /** Most flows to list; the totals count all of them. */
  readonly limit?: number;
  /** Default `open flows`: rules that read JSON or count records look at open flows only. */
  readonly reach?: Reach;
  /** Aborting cancels the statement on the server. */
  readonly signal?: AbortSignal;
  /** Told of the flows passed so far, now and then. */
  readonly onProgress?: (found: number) => void;
}

const DEFAULT_LIMIT = 500;
const PROGRESS_EVERY = 1000;

/**
 * Scans the fleet: counts everything and lists the worst flows. Only the list is held in memory.
 * @throws Failure of the connection before anything was found, `cancelled`; `wrong-data` where a row holds what the flow
 * model cannot read
 */
export async function scan(session: Session, options: ScanOptions = {}): Promise<Scan> {
  const { limit = DEFAULT_LIMIT, healthy = false, reach = 'open flows' } = options;
  const why = whyNotJudged(session);
  if (why !== undefined) return unjudged(session, options, why);
  const totals = { flows: 0, error: 0, warning: 0, info: 0, healthy: 0 };
  const worst = worstFlows(limit);
  let checkedAt = new Date().toISOString();
  let found = 0;
  let brokenFlows = 0;
  let endedEarly: Scan['endedEarly'] = null;
  let nextAfter: string | undefined;
  try {
    for await (const passed of scanFlows(session, options)) {
      if (passed.kind === 'size') {
        checkedAt = passed.checkedAt;
        totals.flows = passed.flows;
        nextAfter = passed.nextAfter;
      } else if (passed.flow.worst !== null) {
        totals[passed.flow.worst]++;
        if (!passed.flow.childless) brokenFlows++;
        worst.add(passed.flow);
        if (++found % PROGRESS_EVERY === 0) options.onProgress?.(found);
      }
    }
  } catch (thrown) {
    const { code, message, next } = asFailure(thrown);
    if (found === 0 || code === 'cancelled' || code === 'wrong-data') throw thrown;
    endedEarly = { code, message, next };
  }
  // Of one that ended early nobody knows which of the others are well.
  totals.healthy = endedEarly === null ? totals.flows - brokenFlows : 0;
  const listed = await explained(session, worst.list(), reach, endedEarly !== null);
  // Asked for after the others: a flow that was mended in between is among these.
  const others = healthy && endedEarly === null ? await healthyFlows(session, options, listed, limit) : [];
  return {
    schemaVersion: 1,
    database: session.settings.database.readLabel,
    kind: session.model.kind,
    checkedAt,
    totals,
    flows: [...listed, ...others],
    notAsked: [...session.rules.notAsked],
    notices: [...session.catalog.notices],
    endedEarly,
    ...(nextAfter === undefined || endedEarly ? {} : { nextAfter }),
  };
}

/** The fleet of an install whose rules are not known: counted and listed, the longest untouched first, without a verdict. */
async function unjudged(
  session: Session,
  { limit = DEFAULT_LIMIT, ...options }: ScanOptions,
  why: string,
): Promise<Scan> {
  const { flows, checkedAt, nextAfter } = await sizeOf(session, options);
  const listed: ScannedFlow[] = [];
  for await (const flow of storedFlows(session, { ...options, limit })) {
    listed.push({ ...flow, findings: [], notJudged: true });
  }
  return {
    schemaVersion: 1,
    notJudged: why,
    database: session.settings.database.readLabel,
    kind: session.model.kind,
    checkedAt,
    totals: { flows, error: 0, warning: 0, info: 0, healthy: 0 },
    flows: listed,
    notAsked: [],
    notices: [...session.catalog.notices],
    endedEarly: null,
    ...(nextAfter === null ? {} : { nextAfter }),
  };
}

/** Keeps the worst so many of any number of flows. */
function worstFlows(limit: number) {
  let kept: PassedFlow[] = [];
  const trim = () => {
    kept = kept.sort(byUrgency).slice(0, limit);
  };
  return {
    add(flow: PassedFlow) {
      kept.push(flow);
      if (kept.length >= limit * 2) trim();
    },
    list(): readonly PassedFlow[] {
      trim();
      return kept;
    },
  };
}

const rank = (severity: Severity | null) => (severity === null ? WORST_FIRST.length : WORST_FIRST.indexOf(severity));

function byUrgency(a: PassedFlow, b: PassedFlow): number {
  return rank(a.worst) - rank(b.worst) || compare(a.updatedAt, b.updatedAt) || compare(a.flowId, b.flowId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const Explained = z.object({ row: FlowRow, rules: z.array(z.string()) });

/**
 * The listed flows with their findings and evidence. Judged once more, with everything that explaining needs: a flow that
 * was mended in between has no findings any more and is left out. After an early end the evidence may be out of reach:
 * then the findings are the rules that were found broken.
 */
async function explained(
  session: Session,
  listed: readonly PassedFlow[],
  reach: Reach,
  endedEarly: boolean,
): Promise<ScannedFlow[]> {
  const ids = listed.map((flow) => flow.flowId);
  if (ids.length === 0) return [];
  const chosen = sql`f.flow_id = any(${ids}::uuid[])`;
  const { reader } = session;
  const read = reader
    .read(sql`select to_json(f) as row, f.rules from (${judgedAll(session, reach, chosen)}) f`)
    .catch(async (thrown: unknown) => {
      throw await namingTheRule(thrown, { install: session, reader, reach, chosen, flowIds: ids });
    });
  const rows = endedEarly ? await read.catch(() => null) : await read;
  if (rows === null) return listed.map((flow) => ({ ...lineOf(flow), findings: foundIn(session, flow) }));
  const byId = new Map(
    rows.map((one) => {
      const { row, rules } = parseAnswer(Explained, one, 'A flow of the fleet');
      return [row.flow_id, findingsOf(session, row, rules)];
    }),
  );
  return listed.flatMap((flow) => {
    const findings = byId.get(flow.flowId) ?? [];
    return findings.length > 0 ? [{ ...lineOf(flow), findings }] : [];
  });
}

/** The rules that a flow was found to break, without the evidence. */
function foundIn({ rules }: Session, { flowId, rules: broken }: PassedFlow): Finding[] {
  return worstFirst(
    rulesWith(rules, broken).map(({ id, severity, title, wayOut }) => ({
      rule: id,
      severity,
      flowId,
      message: title,
      evidence: [],
      wayOut,
    })),
  );
}

/** Flows without findings, the longest untouched first, as far as the list has room. */
async function healthyFlows(
  session: Session,
  options: ScanOptions,
  listed: readonly ScannedFlow[],
  limit: number,
): Promise<ScannedFlow[]> {
  const room = limit - listed.length;
  if (room <= 0) return [];
  const known = listed.map((flow) => flow.flowId);
  const rows = await session.reader.read(sql`
    select f.flow_id as "flowId", f.flow_name as name, f.status, f.phase_stored as phase,
      to_json(f.updated_at) #>> '{}' as "updatedAt", '{}'::text[] as findings
    from (${childrenOf(session)}) f
    where ${chosenFlows(session, options)} and not f.flow_id = any(${known}::uuid[])
    order by f.updated_at, f.flow_id limit ${room}`);
  return parseAnswer(z.array(ScannedFlow), rows, 'The fleet');
}

function lineOf({ flowId, name, status, phase, updatedAt }: PassedFlow): Omit<ScannedFlow, 'findings'> {
  return { flowId, name, status, phase, updatedAt };
}
