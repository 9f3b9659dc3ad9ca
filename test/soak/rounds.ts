import { appendFileSync, mkdirSync } from 'node:fs';

/**
 * How often a proof runs: a few times with `npm test`, as often as the bar says with `npm run test:soak`
 * (FLOWMEND_SOAK=full), or as FLOWMEND_SOAK_ROUNDS says.
 */
export function rounds(few: number, full: number): number {
  const { FLOWMEND_SOAK, FLOWMEND_SOAK_ROUNDS } = process.env;
  return Number(FLOWMEND_SOAK_ROUNDS) || (FLOWMEND_SOAK === 'full' ? full : few);
}

/** Generous: a long run is bounded by its rounds. */
export const SOAK_TIMEOUT_MS = 3 * 3_600_000;

/** Numbers from 0 to 1 that can be had again: the seed is kept in artefacts/soak-seeds.log. */
export function randomOf(proof: string): () => number {
  const seed = Number(process.env.FLOWMEND_SOAK_SEED) || Date.now() % 2 ** 31;
  mkdirSync('artefacts', { recursive: true });
  appendFileSync('artefacts/soak-seeds.log', `${new Date().toISOString()} ${proof}: FLOWMEND_SOAK_SEED=${seed}\n`);
  let state = seed;
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
