/** Keeps a run to so many flows a second, batch by batch. What it waited for in between earns no burst afterwards. */
export interface RateLimit {
  /** Takes the turn for so many flows: 0 where they may be written now, else the milliseconds until one may ask again. */
  take(flows: number): number;
}

/** @param now milliseconds of a clock that never goes back */
export function openRateLimit(flowsPerSecond: number, now: () => number = () => performance.now()): RateLimit {
  let free = Number.NEGATIVE_INFINITY;
  return {
    take(flows) {
      const at = now();
      if (at < free) return free - at;
      free = at + (flows / flowsPerSecond) * 1000;
      return 0;
    },
  };
}
