/** Middle of a few runs in milliseconds, after one that does not count. */
export async function median(work: () => Promise<unknown>, repeats = 5): Promise<number> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < repeats; run++) times.push(await milliseconds(work));
  return middleOf(times);
}

/**
 * The same for two things that are compared: run in turns, so that whatever else the machine does falls on both alike.
 * `ratio` is the measured one over the baseline.
 */
export async function compared(
  measured: () => Promise<unknown>,
  baseline: () => Promise<unknown>,
  repeats = 5,
): Promise<{ measuredMs: number; baselineMs: number; ratio: number }> {
  await measured();
  await baseline();
  const times: [number, number][] = [];
  for (let run = 0; run < repeats; run++) times.push([await milliseconds(measured), await milliseconds(baseline)]);
  const measuredMs = middleOf(times.map(([one]) => one));
  const baselineMs = middleOf(times.map(([, other]) => other));
  return { measuredMs, baselineMs, ratio: rounded(measuredMs / baselineMs) };
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function middleOf(times: readonly number[]): number {
  return rounded([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
}
