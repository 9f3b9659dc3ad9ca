import type {
  BrokenRules,
  FailedFlow,
  LeftOut,
  ManyOutcome,
  ManyPreview,
  ManyProgress,
  ManyWayBack,
  Pace,
  Plan,
  PlanSums,
  ScannedFlow,
  Steering,
} from '../../../shared/index.ts';

/** The list as it stood when a key was pressed. */
export interface Listed {
  readonly filter: string;
  /** Those that the filter leaves. */
  readonly flows: readonly ScannedFlow[];
  /** How many are listed without a filter. */
  readonly all: number;
  /** How many flows are not listed: the filter says nothing of them. */
  readonly notLookedAt: number;
}

/** Which flows are to be mended: those that break one of these rules, or any that can be mended. */
export interface Meant {
  readonly rules: readonly string[] | undefined;
  /** What the filter leaves; undefined: the whole fleet is meant. */
  readonly among: Listed | undefined;
}

/** A plan of the flows that held when all were tried out and rolled back. */
export interface ManyDraft {
  readonly plan: Plan;
  readonly sums: PlanSums;
  readonly trial: ManyPreview;
  readonly pace: Pace;
}

export interface Mending {
  readonly total: number;
  /** Undefined until the first batch ended. */
  readonly progress: ManyProgress | undefined;
  readonly wish: ReturnType<Steering['wish']>;
  /** It stands between two batches, and waits for a key. */
  readonly paused: boolean;
  /** The flows that are tried first are done, and it waits for a word on the rest. */
  readonly asks: boolean;
}

export interface Ended extends Omit<ManyOutcome, 'failed'> {
  /** When it was tried out, or when it was to be written. */
  readonly failed: readonly FailedFlow[];
  /** What stays wrong with flows that were mended. */
  readonly broken: readonly LeftOut[];
  /** What came of trying its undo out; absent where that restored everything. */
  readonly wayBack?: ManyWayBack;
}

/** What covers the list while many flows are chosen and mended. */
export type ManyPanel =
  | {
      readonly kind: 'rules';
      readonly broken: BrokenRules;
      readonly among: Listed | undefined;
      readonly index: number;
    }
  | { readonly kind: 'none to mend'; readonly sums: PlanSums; readonly trial: ManyPreview }
  | { readonly kind: 'mending'; readonly mending: Mending }
  | { readonly kind: 'many mended'; readonly ended: Ended };

/** Findings of mended flows that the plan leaves, but for those that resuming answers. */
export function stillBroken({ leftOut, steps }: Plan, failed: readonly FailedFlow[]): readonly LeftOut[] {
  const mended = new Set(steps.filter(({ writes }) => writes.length > 0).map(({ flowId }) => flowId));
  for (const { flowId } of failed) mended.delete(flowId);
  return leftOut.filter(({ flowId, reason }) => reason !== 'resume' && mended.has(flowId));
}

/** One row of the choice of a rule. */
export interface RuleChoice {
  /** Undefined: all of them. */
  readonly rule: BrokenRules['rules'][number] | undefined;
  readonly flows: number;
}

/** Each rule that is broken, after all of them together where there are several. */
export function ruleChoices({ rules, flows }: BrokenRules): readonly RuleChoice[] {
  const each = rules.map((rule): RuleChoice => ({ rule, flows: rule.flows }));
  return each.length > 1 ? [{ rule: undefined, flows }, ...each] : each;
}
