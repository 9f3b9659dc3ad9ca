import type { Change } from '../../flow/change.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import { isOfTenant } from '../../rules/facts/import-candidates.ts';
import type { Fix } from '../../rules/finding/fix.ts';
import type { RestsOn } from '../../rules/rule/rule.ts';

/**
 * Why changes would carry what belongs to one tenant into the records of another; undefined where they would not. Which of
 * the two the records should belong to, only a person knows.
 */
export function acrossTenants(
  changes: readonly Change[],
  restsOn: RestsOn,
  { row, rules, imports, rawLinks }: FlowFacts,
): string | undefined {
  const restsOnMaster = (restsOn.master?.length ?? 0) > 0;
  // An install that shares masters between engagements on purpose switches the rule off.
  if (restsOnMaster && rules.includes('tenant-differs') && !row.master_same_tenant) {
    return 'the master belongs to another tenant than the child';
  }
  // A link that is taken away carries nothing.
  const written = new Set(changes.filter(({ to }) => to.kind !== 'text' || to.text !== null).map(({ id }) => id));
  const touched = imports.filter(
    ({ id }) => written.has(id) || rawLinks.some((one) => one.importId === id && written.has(one.id)),
  );
  return touched.every(isOfTenant)
    ? undefined
    : 'the import or its raw records belong to another tenant than the child, or whose they are may not be read';
}

/** A choice without the options that would cross: what is refused when it is picked is not offered. */
export function offeredWithin(fix: Fix, restsOn: RestsOn, facts: FlowFacts): Fix {
  if (fix.kind !== 'choice') return fix;
  const judged = fix.options.map((option) => ({ option, why: acrossTenants(option.changes, restsOn, facts) }));
  const options = judged.filter(({ why }) => why === undefined).map(({ option }) => option);
  const [first] = judged;
  return options.length === 0 && first?.why ? { kind: 'undecided', why: first.why } : { ...fix, options };
}
