/**
 * What can go wrong outside a flow: the connection, the rights, the schema, the input, the platform's API.
 * What can go *differently* (a stale plan, a refused repair, a flow that did not move) is an outcome, not a failure:
 * those are discriminated unions beside the functions that return them.
 */
export type FailureCode =
  | 'usage'
  | 'malformed-id'
  | 'unknown-flow'
  | 'ambiguous-id'
  | 'unknown-receipt'
  | 'ambiguous-receipt'
  | 'plan-unreadable'
  | 'plan-edited'
  | 'plan-forged'
  | 'not-configured'
  | 'settings-invalid'
  | 'rule-failed'
  | 'nothing-asked'
  | 'no-connection'
  | 'server-full'
  | 'wrong-password'
  | 'no-such-database'
  | 'no-rights'
  | 'wrong-schema'
  | 'later-generation'
  | 'wrong-data'
  | 'old-server'
  | 'statement-pooling'
  | 'timed-out'
  | 'cancelled'
  | 'lock-timeout'
  | 'deadlock'
  | 'serialization'
  | 'disk-full'
  | 'in-recovery'
  | 'stopped-by-admin'
  | 'journal-unusable'
  | 'journal-unmarked'
  | 'journal-outdated'
  | 'journal-missing'
  | 'journal-untrusted'
  | 'receipt-refused'
  | 'read-only'
  | 'outcome-unknown'
  | 'database'
  | 'api-unreachable'
  | 'api-timeout'
  | 'api-cut-off'
  | 'api-refused'
  | 'api-answer'
  | 'internal';

/** A failure with a stable code, one line for people and what to do next. It never carries a secret. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  /** What the person can do about it: one line, or empty where there is nothing to add. */
  readonly next: string;

  constructor(code: FailureCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next ?? '';
  }
}
