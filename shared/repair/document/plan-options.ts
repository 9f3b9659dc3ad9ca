/** What a plan is to mend, and how. */
export interface PlanOptions {
  /** Only the findings of these rules; undefined: every one that can be mended. */
  readonly rules?: readonly string[] | undefined;
  /** What a person picked: rule -> value of one of its options. */
  readonly choices?: Readonly<Record<string, string>>;
}
