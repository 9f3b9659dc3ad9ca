import type { Action, ApplyOutcome, Diagnosis, FailureCode, ManyOutcome, PlanState } from '../shared/index.ts';

/** What a subcommand ends with. 'Could not check' and 'healthy' are never the same answer. */
export const exitCodes = {
  done: 0,
  findings: 1,
  usage: 2,
  couldNotCheck: 3,
  stale: 4,
  refused: 5,
  notResumed: 6,
  partly: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const { usage, couldNotCheck, refused, notResumed } = exitCodes;

const BY_FAILURE: Record<FailureCode, ExitCode> = {
  usage,
  'malformed-id': usage,
  'unknown-flow': usage,
  'ambiguous-id': usage,
  'unknown-receipt': usage,
  'ambiguous-receipt': usage,
  'plan-unreadable': usage,
  'not-configured': usage,
  'settings-invalid': usage,
  'plan-edited': refused,
  'plan-forged': refused,
  'lock-timeout': refused,
  deadlock: refused,
  serialization: refused,
  'disk-full': refused,
  'journal-unusable': refused,
  'journal-outdated': refused,
  'receipt-refused': refused,
  'in-recovery': couldNotCheck,
  'stopped-by-admin': couldNotCheck,
  'read-only': refused,
  // Not known is not 'nothing was written'.
  'outcome-unknown': couldNotCheck,
  // Nor is 'committed'.
  'journal-unmarked': couldNotCheck,
  'no-connection': couldNotCheck,
  'server-full': couldNotCheck,
  'wrong-password': couldNotCheck,
  'no-such-database': couldNotCheck,
  'no-rights': couldNotCheck,
  'journal-missing': refused,
  'journal-untrusted': couldNotCheck,
  'wrong-schema': couldNotCheck,
  'later-generation': couldNotCheck,
  'wrong-data': couldNotCheck,
  'old-server': couldNotCheck,
  'statement-pooling': couldNotCheck,
  'rule-failed': couldNotCheck,
  'nothing-asked': couldNotCheck,
  'timed-out': couldNotCheck,
  cancelled: couldNotCheck,
  database: couldNotCheck,
  internal: couldNotCheck,
  'api-unreachable': notResumed,
  'api-timeout': notResumed,
  'api-cut-off': notResumed,
  'api-refused': notResumed,
  'api-answer': notResumed,
};

/** What could not be read is not checked; what would have written there was refused. */
const BY_FAILURE_WHERE_WRITING: Partial<Record<FailureCode, ExitCode>> = { 'journal-untrusted': refused };

export function exitCodeOfFailure(code: FailureCode, writes: Action['writes'] = 'nothing'): ExitCode {
  return (writes === 'nothing' ? undefined : BY_FAILURE_WHERE_WRITING[code]) ?? BY_FAILURE[code];
}

/** A rule that somebody wrote for an install that cannot answer it: nothing found is not healthy then. */
export function exitCodeOfLook(findings: number, notAsked: Readonly<Diagnosis['notAsked']>): ExitCode {
  if (findings > 0) return exitCodes.findings;
  return notAsked.some(({ custom }) => custom) ? couldNotCheck : exitCodes.done;
}

export function exitCodeOfApply(outcome: ApplyOutcome): ExitCode {
  switch (outcome.kind) {
    case 'applied':
    case 'already applied':
      return exitCodes.done;
    case 'restored in part':
      return exitCodes.partly;
    case 'stale':
    case 'taken back':
      return exitCodes.stale;
    case 'not committed':
    case 'not verified':
    case 'refused':
      return exitCodes.refused;
  }
}

export function exitCodeOfPlanState({ kind }: PlanState): ExitCode {
  switch (kind) {
    case 'fresh':
    case 'used':
      return exitCodes.done;
    case 'begun':
      return exitCodes.partly;
    case 'unchecked':
      return exitCodes.couldNotCheck;
    case 'taken back':
    case 'expired':
    case 'stale':
    case 'elsewhere':
      return exitCodes.stale;
    case 'forged':
      return exitCodes.refused;
  }
}

export function exitCodeOfMany({ kind, failed, left, notRestored = [] }: ManyOutcome): ExitCode {
  if (kind === 'refused') return exitCodes.refused;
  return failed.length + left + notRestored.length > 0 ? exitCodes.partly : exitCodes.done;
}
