/**
 * The percentages that a flow passes through, 0 and 100 included: completed phases / all phases x 100, the platform's own
 * arithmetic.
 */
export function progressSteps(phases: number, decimals: number): number[] {
  return Array.from({ length: phases + 1 }, (_, done) => Number(((done * 100) / phases).toFixed(decimals)));
}
