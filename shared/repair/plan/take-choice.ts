import { Failure } from '../../failure.ts';
import { type Change, shownValue } from '../../flow/change.ts';
import type { Fix } from '../../rules/finding/fix.ts';
import type { LeftOut, PlanBody } from '../document/plan.ts';

/** What is written for a finding, or why the choice is not valid for it, with the valid options. */
type Taken =
  | { readonly kind: 'changes'; readonly changes: Change[] }
  | { readonly kind: 'declined'; readonly why: string; readonly options: LeftOut['options'] };

/** @param choice what was picked for the rule; undefined: nothing was */
export function takeChoice(fix: Exclude<Fix, { kind: 'undecided' }>, choice: string | undefined): Taken {
  if (fix.kind === 'changes') {
    if (choice === undefined || amountsTo(fix.changes, choice)) return fix;
    const why = `"${choice}" was chosen, and Flowmend decides this itself: ${inWords(fix.changes)}`;
    return { kind: 'declined', why, options: [] };
  }
  const picked = fix.options.find(({ value }) => value === choice);
  if (picked) return { kind: 'changes', changes: picked.changes };
  return {
    kind: 'declined',
    why: choice === undefined ? fix.why : `"${choice}" is none of its options, and ${fix.why}`,
    options: fix.options.map(({ value, about }) => ({ value, about })),
  };
}

/** Whether what Flowmend writes by itself is what was chosen: the row that it writes, or the value. */
function amountsTo(changes: readonly Change[], choice: string): boolean {
  return changes.some(({ id, to }) => id === choice || (to.kind === 'text' && to.text === choice));
}

/** Characters of a value that a message shows. */
const VALUE_LENGTH = 60;

function inWords(changes: readonly Change[]): string {
  const each = changes.map(
    ({ column, to }) => `${column} becomes ${(shownValue(to) ?? 'NULL').slice(0, VALUE_LENGTH)}`,
  );
  return [...new Set(each)].join(', ');
}

/** So many options are named: of many flows each may have its own. */
const MAX_NAMED = 10;

/**
 * Of many flows a choice may be meant for some, and is left out for the others; that of no flow at all is a mistake.
 * @throws Failure `usage` for a choice that some decline and none takes
 */
export function refuseVainChoices(
  drafts: readonly Pick<PlanBody, 'mends' | 'leftOut'>[],
  choices: Readonly<Record<string, string>> = {},
): void {
  for (const [rule, value] of Object.entries(choices)) {
    const left = drafts.flatMap(({ leftOut }) => leftOut.filter((one) => one.rule === rule));
    const declined = left.filter(({ reason }) => reason === 'choice');
    const [first] = declined;
    const taken =
      left.some(({ reason }) => reason === 'schema' || reason === 'shared') ||
      drafts.some(({ mends }) => mends.some((one) => one.rule === rule));
    if (first === undefined || taken) continue;
    const offered = [...new Set(declined.flatMap(({ options }) => options.map((one) => one.value)))];
    throw new Failure('usage', `"${value}" cannot be chosen for ${rule}.`, {
      next: offered.length > 0 ? `It offers: ${offered.slice(0, MAX_NAMED).join(', ')}` : first.why,
    });
  }
}
