import type { PaceField } from '../../../shared/index.ts';

/** The key that sets each number of the pace of a run. */
export const PACE_KEYS: Readonly<Record<PaceField, string>> = { canary: 'c', flowsPerSecond: 'r', stopAtShare: 's' };

/** Goes on after the flows that are tried first. Not the key that agreed to them: pressed twice, that would answer unseen. */
export const GO_ON_KEY = 'g';
