import { CANARY, STOP_AT_SHARE } from './batch-run.ts';

/** How a run of many flows goes, as a person sets it before they agree; see `ApplyManyOptions`. */
export interface Pace {
  /** Flows that are tried first; 0: none. */
  readonly canary: number;
  /** Undefined: no bound. */
  readonly flowsPerSecond: number | undefined;
  /** 0 to 1. */
  readonly stopAtShare: number;
}
export type PaceField = keyof Pace;

export const DEFAULT_PACE: Pace = { canary: CANARY, flowsPerSecond: undefined, stopAtShare: STOP_AT_SHARE };

/** The most that may be typed: flows, flows a second, percent. */
const MAX_TYPED: Record<PaceField, number> = { canary: 100_000, flowsPerSecond: 1_000_000, stopAtShare: 100 };

/**
 * The pace with what was typed for one of its fields: flows that are tried first (0: none), flows a second (0: no bound),
 * or the percent of a batch that may fail. Undefined where it is none of these.
 */
export function paceWith(pace: Pace, field: PaceField, typed: string): Pace | undefined {
  const text = typed.trim().replace(field === 'stopAtShare' ? /\s*%$/ : /,(?=\d{3}\b)/g, '');
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > MAX_TYPED[field]) return undefined;
  if (field === 'canary') return { ...pace, canary: value };
  if (field === 'stopAtShare') return { ...pace, stopAtShare: value / 100 };
  return { ...pace, flowsPerSecond: value === 0 ? undefined : value };
}
