const LENGTH = 8;

/** The short name of a run: everything that was written by one plan, in however many transactions. */
export function runId(planHash: string): string {
  return planHash.slice(0, LENGTH);
}
