const UNITS: readonly (readonly [word: string, milliseconds: number])[] = [
  ['y', 365.25 * 86_400_000],
  ['mo', 30.44 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** How long ago, in the largest unit that gives at least two of it, months up to two years: `16 mo`, `2 h`, `40 s`. */
export function age(iso: string, now: number = Date.now()): string {
  const past = Math.max(0, now - Date.parse(iso));
  return Number.isNaN(past) ? '?' : duration(past);
}

/** Milliseconds in the same words. */
export function duration(milliseconds: number): string {
  const [word, size] = UNITS.find(([, one]) => milliseconds >= 2 * one) ?? (['s', 1_000] as const);
  return `${Math.floor(milliseconds / size)} ${word}`;
}
