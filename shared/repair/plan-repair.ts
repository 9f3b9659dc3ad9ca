import { type Catalog, columnOf, type Table } from '../database/catalog.ts';
import type { FlowFacts, Image } from '../diagnose/flow-facts.ts';
import type { RestsOn, Rule } from '../diagnose/rule.ts';
import { rulesWith } from '../diagnose/rule-set.ts';
import { type FlowModel, flagColumns } from '../flow/model.ts';
import type { Session } from '../session.ts';
import type { Change } from './change.ts';
import { PLAN_LIFETIME_MS, type Plan, type PlanBody, type Step, seal } from './plan.ts';

export interface PlanOptions {
  /** Only the findings of these rules; undefined: every one that can be mended. */
  readonly rules?: readonly string[];
}

/**
 * Plans the repair of one flow from the facts of its diagnosis. Reads nothing: what was diagnosed is what is planned.
 * What the install would reject, and what only a person can decide, is left out with its reason.
 */
export function planRepair(
  { model, catalog, rules, settings }: Session,
  facts: FlowFacts,
  options: PlanOptions = {},
): Plan {
  const flowId = facts.row.flow_id;
  const leftOut: PlanBody['leftOut'] = [];
  const mended: { rule: Rule; changes: Change[] }[] = [];
  for (const rule of rulesWith(rules, facts.rules)) {
    const { id } = rule;
    if (options.rules && !options.rules.includes(id)) continue;
    const outcome = draft(rule, facts, model, catalog);
    if (outcome.kind === 'changes') mended.push({ rule, changes: outcome.changes });
    else leftOut.push({ flowId, rule: id, reason: outcome.reason, why: outcome.why });
  }
  const now = Date.now();
  return seal({
    schemaVersion: 1,
    kind: 'repair',
    database: settings.database.label,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + PLAN_LIFETIME_MS).toISOString(),
    flows: [flowId],
    findings: facts.rules.map((rule) => ({ flowId, rule })),
    mends: mended.map(({ rule }) => ({ flowId, rule: rule.id })),
    leftOut,
    steps: stepsOf(mended, facts, model, catalog),
    undoes: null,
  });
}

type Draft =
  | { kind: 'changes'; changes: Change[] }
  | { kind: 'left out'; reason: PlanBody['leftOut'][number]['reason']; why: string };

function draft(rule: Rule, facts: FlowFacts, model: FlowModel, catalog: Catalog): Draft {
  if (!rule.fix) {
    return rule.wayOut === 'resume'
      ? { kind: 'left out', reason: 'resume', why: 'resuming the flow answers it' }
      : { kind: 'left out', reason: 'manual', why: 'only a person can mend it' };
  }
  const fix = rule.fix(facts, model);
  if (fix.kind === 'undecided') return { kind: 'left out', reason: 'choice', why: fix.why };
  for (const change of fix.changes) {
    const why = rejection(change, model, catalog);
    if (why) return { kind: 'left out', reason: 'schema', why };
  }
  return fix;
}

/** Why this install's schema would reject a value; undefined where the catalog knows of nothing. */
function rejection(change: Change, model: FlowModel, catalog: Catalog): string | undefined {
  const table = catalog[change.record];
  const column = columnOf(table, change.column);
  const target = `${table.name}.${column.name}`;
  if (column.generated) return `${target} is computed by the database and cannot be set`;
  if (change.to.kind !== 'text') return undefined;
  const { text } = change.to;
  if (text === null) return column.notNull ? `${target} does not take NULL` : undefined;
  if (column.length !== null && text.length > column.length) {
    return `"${text}" has ${text.length} characters and ${target} takes ${column.length}`;
  }
  const allowed = allowedIn(change, model, catalog);
  if (allowed && !allowed.has(text)) return `this install's ${target} does not take "${text}"`;
  return undefined;
}

function allowedIn(change: Change, model: FlowModel, catalog: Catalog): ReadonlySet<string> | undefined {
  if (change.record === 'child' && change.column === model.child.columns.status) return catalog.childStatuses;
  if (change.record === 'master' && change.column === model.master.columns.status) return catalog.masterStatuses;
  return undefined;
}

/** One step per row: the guards of every rule that rests on it, and the writes. Child, master, import: always in this order. */
function stepsOf(
  mended: readonly { rule: Rule; changes: Change[] }[],
  facts: FlowFacts,
  model: FlowModel,
  catalog: Catalog,
): Step[] {
  // Only fixes of links write an import, and they name it.
  const written = mended.flatMap(({ changes }) => changes).find((change) => change.record === 'import');
  const dataImport = facts.imports.find((candidate) => candidate.id === written?.id);
  const rows: { record: Change['record']; table: Table; id: string | null; image: Image | null }[] = [
    { record: 'child', table: catalog.child, id: facts.row.child_id, image: facts.images.child },
    { record: 'master', table: catalog.master, id: facts.row.master_id, image: facts.images.master },
    { record: 'import', table: catalog.import, id: dataImport?.id ?? null, image: dataImport?.image ?? null },
  ];
  return rows.flatMap(({ record, table, id, image }) => {
    if (id === null || image === null) return [];
    const guarded = new Set(mended.flatMap(({ rule }) => columnsOf(rule.restsOn, record, model)));
    if (guarded.size === 0) return [];
    const writes = mended.flatMap(({ rule, changes }) =>
      changes
        .filter((change) => change.record === record)
        .map(({ column, to, why }) => ({ column, to, rule: rule.id, why })),
    );
    return {
      record,
      table: { schema: table.schema, name: table.name },
      key: id,
      flowId: facts.row.flow_id,
      guard: Object.fromEntries([...guarded].map((name) => [name, image[name] ?? null])),
      writes: writes.length === 0 ? [] : [...writes, touched(record, model)],
    };
  });
}

/** The application, not a trigger, keeps updated_at: a repair does as the application would. */
function touched(record: Change['record'], model: FlowModel): Step['writes'][number] {
  return { column: model[record].columns.updatedAt, to: { kind: 'now' }, rule: null, why: 'as the application does' };
}

function columnsOf(restsOn: RestsOn, record: Change['record'], model: FlowModel): string[] {
  const names: readonly string[] = restsOn[record] ?? [];
  const columns: Record<string, string> = model[record].columns;
  return names.flatMap((name) => (name === 'flags' ? flagColumns(model) : (columns[name] ?? [])));
}
