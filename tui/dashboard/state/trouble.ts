import { asFailure } from '../../../shared/index.ts';

/** A failure as it is shown: what happened, and what the person can do. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

export function troubleOf(thrown: unknown): Trouble {
  const { code, message, next } = asFailure(thrown);
  return { code, message, next };
}

const KINDS: Partial<Record<string, TroubleKind>> = {
  'no-connection': 'offline',
  'in-recovery': 'offline',
  'wrong-password': 'offline',
  'no-such-database': 'offline',
  'server-full': 'full',
  'timed-out': 'slow',
  cancelled: 'slow',
  'stopped-by-admin': 'slow',
  'lock-timeout': 'slow',
};

/**
 * `slow`: the server is there, and did not answer in time; `full`: it answered that others use all it has; `unread`: it
 * answered that it will not be read.
 */
export type TroubleKind = 'offline' | 'slow' | 'full' | 'unread';

export function troubleKind({ code }: Pick<Trouble, 'code'>): TroubleKind {
  return KINDS[code] ?? 'unread';
}
