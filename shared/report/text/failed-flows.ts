import type { FailedFlow } from '../../repair/document/failed-flow.ts';
import { MAX_NAMED, named, rest } from '../../words/counted.ts';
import { type Line, span } from '../../words/tone.ts';
import { visible } from '../../words/visible.ts';

/** Flows that were left as they were, each with its reason; of many the first ones. */
export function failures(failed: readonly FailedFlow[], most = MAX_NAMED): Line[] {
  return [
    ...named(failed, most).map(
      ({ flowId, kind, why }): Line => [span(`  ✖ ${visible(flowId)} `, 'bad'), span(`${kind}: ${visible(why)}`)],
    ),
    ...rest(failed.length, 'failed', most),
  ];
}
