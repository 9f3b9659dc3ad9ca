import { appendFileSync, mkdirSync } from 'node:fs';

const { FLOWMEND_SOAK, FLOWMEND_SOAK_ROUNDS, FLOWMEND_SOAK_SEED } = process.env;
const FULL = FLOWMEND_SOAK === 'full';

/**
 * How often a proof runs: a few times with `npm test`, as often as the bar says with `npm run test:soak`
 * (FLOWMEND_SOAK=full), or as FLOWMEND_SOAK_ROUNDS says.
 */
export function rounds(few: number, full: number): number {
  return Number(FLOWMEND_SOAK_ROUNDS) || (FULL ? full : few);
}

/** Generous: a long run is bounded by its rounds. A few of them that hang are to be told. */
export const SOAK_TIMEOUT_MS = (FULL || FLOWMEND_SOAK_ROUNDS ? 6 : 1) * 1_800_000;

/** The few rounds are the same every time: what they find today was broken today. The full count looks for more. */
const SEED_OF_FEW = 20261124;

/** Numbers from 0 to 1 that can be had again: the seed is kept in artefacts/soak-seeds.log. */
export function randomOf(proof: string): () => number {
  const seed = Number(FLOWMEND_SOAK_SEED) || (FULL ? Date.now() % 2 ** 31 : SEED_OF_FEW);
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
