import { z } from 'zod';

/** What the catalog says of names that predicates use: why one may not be used, null for one that may. */
export const Verdicts = z.array(z.object({ name: z.string(), verdict: z.string().nullable() }));

/** name -> why not; nothing for one that may be used. */
export function whyNot(verdicts: z.infer<typeof Verdicts>): Map<string, string> {
  return new Map(verdicts.flatMap(({ name, verdict }) => (verdict === null ? [] : [[name, verdict]])));
}
