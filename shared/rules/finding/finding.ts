import { z } from 'zod';

export const Severity = z.enum(['error', 'warning', 'info']);
export type Severity = z.infer<typeof Severity>;

/**
 * How a finding ends: `fix` is provably safe and planned at once, `suggestion` waits for a person to pick, `resume`
 * is answered by resuming the flow, `manual` is told and not done.
 */
export const WayOut = z.enum(['fix', 'suggestion', 'resume', 'manual']);
export type WayOut = z.infer<typeof WayOut>;

/** One value that proves a finding, and the value that would be right. Column values keep the platform's spelling. */
export const Evidence = z.object({
  record: z.enum(['child', 'master', 'import', 'rawRecords', 'mappingRows']),
  table: z.string(),
  column: z.string(),
  found: z.string().nullable(),
  /** Null where no particular value is right: `why` tells what to look at. It never stands for a stored NULL. */
  expected: z.string().nullable(),
  why: z.string(),
});
export type Evidence = z.infer<typeof Evidence>;

export const Finding = z.object({
  rule: z.string(),
  severity: Severity,
  flowId: z.string(),
  /** One line for people. */
  message: z.string(),
  /** Empty only in a scan that ended early, where it could not be read any more. */
  evidence: z.array(Evidence),
  wayOut: WayOut,
});
export type Finding = z.infer<typeof Finding>;

export const WORST_FIRST: readonly Severity[] = ['error', 'warning', 'info'];

/** Orders findings worst first and keeps the order of the rules within a severity. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity));
}
