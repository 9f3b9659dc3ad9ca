import type { NewValue } from '../../flow/change.ts';
import type { Step } from '../document/plan.ts';
import type { PlanOptions } from '../document/plan-options.ts';
import type { FlowDraft } from './plan-repair.ts';

/** What a plan says of one flow, as far as anything is written by it. */
interface Planned {
  readonly mends: readonly string[];
  readonly steps: readonly Step[];
  /** What the plan says that it was asked for: of it the repair was made again. */
  readonly asked: PlanOptions;
}

/**
 * Where the repair of a flow that a plan describes is not the one that the rules make of its rows; undefined where it is.
 * @param placeOf where a step stands in the plan
 */
export function planDifference(planned: Planned, made: FlowDraft, placeOf: (step: Step) => string): string | undefined {
  return mendsDifference(planned, made) ?? stepsDifference(planned, made.steps, placeOf);
}

function mendsDifference({ mends, asked }: Planned, { mends: own, leftOut }: FlowDraft): string | undefined {
  const made = own.map(({ rule }) => rule);
  const extra = mends.find((rule) => !made.includes(rule));
  if (extra !== undefined) {
    if (asked.rules && !asked.rules.includes(extra)) {
      return `asked.rules: it does not name ${extra}, which the plan mends`;
    }
    const left = leftOut.find(({ rule }) => rule === extra);
    const choice = asked.choices?.[extra];
    if (left?.reason === 'choice' && choice !== undefined) return `asked.choices.${extra}: ${whyLeft(left)}`;
    return `mends: the plan mends ${extra}, ${left ? leftByRules(left) : 'which it does not break'}`;
  }
  const missing = made.find((rule) => !mends.includes(rule));
  if (missing !== undefined) {
    return asked.rules
      ? `asked.rules: it names ${missing}, which the plan does not mend`
      : `mends: the plan does not mend ${missing}, which the rules mend, and no asked.rules leaves it out`;
  }
  const same = mends.length === made.length && mends.every((rule, place) => rule === made[place]);
  return same ? undefined : `mends: the plan says ${mends.join(', ')}; the rules mend ${made.join(', ')}`;
}

function leftByRules(left: FlowDraft['leftOut'][number]): string {
  const chosen = left.reason === 'choice' ? '; asked.choices names none of them' : '';
  return `which the rules leave out: ${whyLeft(left)}${chosen}`;
}

/** Of a choice that only a person makes by now also what speaks for and against what there is to choose. */
function whyLeft({ why, options }: FlowDraft['leftOut'][number]): string {
  return [why, ...options.slice(0, 1).map(({ about }) => `; ${about}`)].join('');
}

function stepsDifference(
  { steps, asked }: Planned,
  made: readonly Step[],
  placeOf: (step: Step) => string,
): string | undefined {
  for (const [index, step] of steps.entries()) {
    const own = made[index];
    if (own === undefined) return `${placeOf(step)}: the rules have no such step`;
    const difference = stepDifference(step, own, asked);
    if (difference !== undefined) return `${placeOf(step)} ${difference}`;
  }
  const missing = made[steps.length];
  return missing && `steps: the plan has none for ${missing.table.name} ${missing.key}, and the rules do`;
}

/** What a person picked decides which row is written, and what. */
function byChoice({ writes }: Step, { choices = {} }: PlanOptions): string {
  const rule = writes.find((write) => write.rule !== null && Object.hasOwn(choices, write.rule))?.rule;
  return rule == null ? '' : `, by asked.choices.${rule} ${quoted(choices[rule])}`;
}

function stepDifference(planned: Step, made: Step, asked: PlanOptions): string | undefined {
  const found = firstDifference(planned, made);
  if (found === undefined) return undefined;
  const [field, place, part] = found.path;
  const because = field === 'guard' ? '' : byChoice(made, asked);
  const [write, own] = [planned.writes[Number(place)], made.writes[Number(place)]];
  if (field === 'writes' && (write === undefined || own === undefined || part === 'to')) {
    const column = write?.column ?? own?.column;
    return `${column}: the plan says ${inWords(write?.to)}, the rules write ${inWords(own?.to)}${because}`;
  }
  const path = found.path.map((key) => (/^\w+$/.test(key) ? key : quoted(key))).join('.');
  return `${path}: the plan says ${quoted(found.planned)}, the rules say ${quoted(found.made)}${because}`;
}

interface Difference {
  readonly path: readonly string[];
  readonly planned: unknown;
  readonly made: unknown;
}

/** The first place where two JSON values differ; in which order the keys of an object stand makes no difference. */
function firstDifference(planned: unknown, made: unknown, path: readonly string[] = []): Difference | undefined {
  if (planned === made) return undefined;
  if (!isObject(planned) || !isObject(made) || Array.isArray(planned) !== Array.isArray(made)) {
    return { path, planned, made };
  }
  for (const key of new Set([...Object.keys(planned), ...Object.keys(made)])) {
    const difference = firstDifference(ownValue(planned, key), ownValue(made, key), [...path, key]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function ownValue(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function inWords(to: NewValue | undefined): string {
  switch (to?.kind) {
    case undefined:
      return 'nothing';
    case 'now':
      return 'the time of the write';
    case 'text':
      return quoted(to.text);
    case 'member':
      return `${quoted(to.json)} as the member ${quoted(to.key)}`;
  }
}

const MAX_QUOTED = 100;

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`;
}
