import type { Catalog } from '../../database/catalog/catalog.ts';
import { isStored } from '../../database/sql/table.ts';
import { type Change, WritableRecord } from '../../flow/change.ts';
import { type FlowModel, flagColumns } from '../../flow/model.ts';
import type { FlowFacts, Image } from '../../rules/facts/flow-facts.ts';
import { refuseUnjudged } from '../../rules/judge/not-judged.ts';
import type { RestsOn, Rule } from '../../rules/rule/rule.ts';
import { rulesWith } from '../../rules/rule/rule-set.ts';
import type { Session } from '../../session.ts';
import { type PlanMadeHere, sealMadeHere } from '../document/made-here.ts';
import { PLAN_LIFETIME_MS, type PlanBody, type Step } from '../document/plan.ts';
import type { PlanOptions } from '../document/plan-options.ts';
import { masterIsShared } from '../document/shared-master.ts';
import { acrossTenants, offeredWithin } from './across-tenants.ts';
import { rejections } from './rejections.ts';
import { refuseVainChoices, takeChoice } from './take-choice.ts';

/** What a plan says of one flow. */
export type FlowDraft = Pick<PlanBody, 'findings' | 'mends' | 'leftOut' | 'steps'> & { readonly flowId: string };

/**
 * Plans the repair of one flow from the facts of its diagnosis. Reads nothing: what was diagnosed is what is planned.
 * What the install would reject, and what only a person can decide, is left out with its reason.
 * @throws Failure `usage` for a choice that the finding does not offer
 */
export function planRepair(session: Session, facts: FlowFacts, options: PlanOptions = {}): PlanMadeHere {
  refuseUnjudged(session);
  return sealMadeHere(repairOf(session, [draftRepair(session, facts, options)], options));
}

/**
 * The body of a plan for the flows that were drafted with these options, in their order.
 * @throws Failure `usage` for a choice that none of them takes
 */
export function repairOf({ settings, catalog }: Session, drafts: readonly FlowDraft[], options: PlanOptions): PlanBody {
  refuseVainChoices(drafts, options.choices);
  const now = Date.now();
  return {
    schemaVersion: 1,
    kind: 'repair',
    database: settings.database.label,
    server: catalog.server,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + PLAN_LIFETIME_MS).toISOString(),
    flows: drafts.map((one) => one.flowId),
    ...askedOf(options),
    findings: drafts.flatMap((one) => one.findings),
    mends: drafts.flatMap((one) => one.mends),
    leftOut: drafts.flatMap((one) => one.leftOut),
    steps: drafts.flatMap((one) => one.steps),
    undoes: null,
  };
}

function askedOf({ rules, choices = {} }: PlanOptions): Pick<PlanBody, 'asked'> {
  const chosen = Object.keys(choices).length > 0;
  if (rules === undefined && !chosen) return {};
  return { asked: { ...(rules ? { rules: [...rules] } : {}), ...(chosen ? { choices } : {}) } };
}

/** What a plan would say of one flow. A finding that does not offer what was chosen for its rule is left out. */
export function draftRepair(session: Session, facts: FlowFacts, options: PlanOptions = {}): FlowDraft {
  const { model, catalog, rules } = session;
  const flowId = facts.row.flow_id;
  const leftOut: PlanBody['leftOut'] = [];
  const mended: Mended[] = [];
  for (const rule of rulesWith(rules, facts.rules)) {
    const { id } = rule;
    if (options.rules && !options.rules.includes(id)) continue;
    const outcome = draft(rule, facts, session, options.choices?.[id]);
    if (outcome.kind === 'changes') mended.push({ rule, changes: outcome.changes });
    else leftOut.push({ flowId, rule: id, ...outcome.leftOut });
  }
  return {
    flowId,
    findings: facts.rules.map((rule) => ({ flowId, rule })),
    mends: mended.map(({ rule }) => ({ flowId, rule: rule.id })),
    leftOut,
    steps: stepsOf(mended, facts, model, catalog),
  };
}

interface Mended {
  readonly rule: Rule;
  readonly changes: readonly Change[];
}

type LeftOut = Omit<PlanBody['leftOut'][number], 'flowId' | 'rule'>;
type Draft = { kind: 'changes'; changes: Change[] } | { kind: 'left out'; leftOut: LeftOut };

/** What a plan does for one finding, or why it does nothing. */
export function draft(rule: Rule, facts: FlowFacts, session: Session, choice: string | undefined): Draft {
  const { model, catalog } = session;
  const leftOut = (reason: LeftOut['reason'], why: string, options: LeftOut['options'] = []): Draft => ({
    kind: 'left out',
    leftOut: { reason, why, options },
  });
  if (!rule.fix) {
    return rule.wayOut === 'resume'
      ? leftOut('resume', 'resuming the flow answers it')
      : leftOut('manual', 'only a person can mend it');
  }
  const fix = offeredWithin(rule.fix(facts, model), rule.restsOn, facts);
  if (fix.kind === 'undecided') return leftOut('manual', fix.why);
  const taken = takeChoice(fix, choice);
  if (taken.kind === 'declined') return leftOut('choice', taken.why, taken.options);
  const { changes } = taken;
  const [why] = rejections(changes, rule.restsOn, facts, session);
  if (why !== undefined) return leftOut('schema', why);
  const [other] = facts.sharers;
  const master = changes.find(({ record }) => record === 'master');
  if (master && other !== undefined) return leftOut('shared', masterIsShared(master.id, other));
  const counts = changes.some(({ column }) => column === model.import.columns.totalRecords);
  if (counts && catalog.rawRecords.row_security) {
    return leftOut(
      'manual',
      `rows of ${catalog.rawRecords.name} may be hidden from this role: how many there are it cannot know`,
    );
  }
  const foreign = acrossTenants(changes, rule.restsOn, facts);
  if (foreign !== undefined) return leftOut('manual', foreign);
  return { kind: 'changes', changes };
}

/**
 * One step per row: the guards of every rule that rests on it, and the writes, in the order in which rows are locked. The
 * child and the master are guarded also where nothing is written to them; of the others only the rows that are written.
 */
function stepsOf(mended: readonly Mended[], facts: FlowFacts, model: FlowModel, catalog: Catalog): Step[] {
  const changes = mended.flatMap(({ rule, changes }) => changes.map((change) => ({ ...change, rule: rule.id })));
  return WritableRecord.options.flatMap((record) => {
    const guarded = [...new Set(mended.flatMap(({ rule }) => columnsOf(rule.restsOn, record, model, catalog)))];
    if (guarded.length === 0) return [];
    const table = catalog[record];
    const ofRecord = Map.groupBy(
      changes.filter((change) => change.record === record),
      (change) => change.id,
    );
    return rowsOf(record, facts, ofRecord).map(({ id, image, rivals }): Step => {
      const writes = (ofRecord.get(id) ?? []).map(({ column, to, rule, why }) => ({ column, to, rule, why }));
      return {
        record,
        table: { schema: table.schema, name: table.name },
        key: id,
        flowId: facts.row.flow_id,
        guard: Object.fromEntries(guarded.map((name) => [name, image[name] ?? null])),
        ...(record === 'import' && writes.some((write) => isLink(write, model)) ? { rivals } : {}),
        writes: writes.length === 0 ? [] : [...writes, ...touched(record, model, catalog)],
      };
    });
  });
}

/** The rows of a record that a plan names, with what was read of them. */
function rowsOf(
  record: WritableRecord,
  { row, images, imports, rawLinks }: FlowFacts,
  written: ReadonlyMap<string, unknown>,
): { id: string; image: Image; rivals?: number }[] {
  switch (record) {
    case 'child':
      return [{ id: row.child_id, image: images.child }];
    case 'master':
      return row.master_id !== null && images.master ? [{ id: row.master_id, image: images.master }] : [];
    case 'import':
      return imports.filter(({ id }) => written.has(id));
    case 'rawRecords':
      return rawLinks.filter(({ id }) => written.has(id));
  }
}

/** The import gets its link by this; by one without a text it loses it. */
function isLink({ column, to }: Step['writes'][number], model: FlowModel): boolean {
  return column === model.import.columns.masterFlowId && to.kind === 'text' && to.text !== null;
}

/** The application, not a trigger, keeps updated_at: a repair does as the application would. */
function touched(record: WritableRecord, model: FlowModel, catalog: Catalog): Step['writes'] {
  if (record === 'rawRecords') return [];
  const column = model[record].columns.updatedAt;
  if (!isStored(catalog[record], column)) return [];
  return [{ column, to: { kind: 'now' }, rule: null, why: 'as the application does' }];
}

export function columnsOf(restsOn: RestsOn, record: WritableRecord, model: FlowModel, catalog: Catalog): string[] {
  const names: readonly string[] = restsOn[record] ?? [];
  const columns: Record<string, string> = model[record].columns;
  return names
    .flatMap((name) => (name === 'flags' ? flagColumns(model) : (columns[name] ?? [])))
    .filter((name) => isStored(catalog[record], name));
}
