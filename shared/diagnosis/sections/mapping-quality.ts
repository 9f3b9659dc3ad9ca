import { z } from 'zod';
import {
  CONFIDENCE,
  confidenceOf,
  confidenceScores,
  isConfidence,
  mappingKey,
  mappingsIn,
  targetOf,
} from '../../flow/mappings.ts';
import type { FlowModel } from '../../flow/model.ts';
import type { FlowFacts } from '../../rules/facts/flow-facts.ts';
import { mappingsText } from '../../rules/facts/mappings-stored.ts';

/** Mappings named as low. */
const MAX_NAMED = 50;

export const MappingQuality = z.object({
  /** Mappings by confidence: high >= 0.8, medium >= 0.5, low below; `unknown` where none is given. */
  high: z.number(),
  medium: z.number(),
  low: z.number(),
  unknown: z.number(),
  average: z.number().nullable(),
  /** The low ones, the least sure first; at most 50. */
  lowest: z.array(z.object({ source: z.string(), confidence: z.number() })),
  /** Where the confidence was read, with the number of mappings: in the mapping, under a reserved key, in its row. */
  from: z.object({ mapping: z.number(), scores: z.number(), rows: z.number() }),
  /** Rows of the table of mappings by status. */
  rows: z.array(z.object({ status: z.string().nullable(), rows: z.number() })),
});
export type MappingQuality = z.infer<typeof MappingQuality>;

interface Rated {
  readonly source: string;
  readonly confidence: number | undefined;
  readonly from: 'mapping' | 'scores' | 'rows';
}

/** How sure the flow's mappings are. */
export function mappingQuality(facts: FlowFacts, model: FlowModel): MappingQuality {
  const { mappingRows } = facts;
  const stored = mappingsText(facts);
  const scores = confidenceScores(stored, model);
  // A row that leads elsewhere is about another mapping.
  const ofRows = new Map(
    mappingRows?.rows.flatMap(({ source, target, confidence }) =>
      confidence !== null && isConfidence(Number(confidence))
        ? [[mappingKey(source, target), Number(confidence)] as const]
        : [],
    ),
  );
  const rated = Object.entries(mappingsIn(stored, model)).map(([source, mapping]): Rated => {
    const told: [Rated['from'], number | undefined][] = [
      ['mapping', confidenceOf(mapping, model)],
      ['scores', scores.get(source)],
      ['rows', ofRows.get(mappingKey(source, targetOf(mapping, model)))],
    ];
    const [from, confidence] = told.find(([, one]) => one !== undefined) ?? ['mapping', undefined];
    return { source, confidence, from };
  });
  const known = rated.flatMap(({ source, confidence, from }) =>
    confidence === undefined ? [] : [{ source, confidence, from }],
  );
  const low = known.filter(({ confidence }) => confidence < CONFIDENCE.medium);
  const high = known.filter(({ confidence }) => confidence >= CONFIDENCE.high);
  const from = (where: Rated['from']) => known.filter((one) => one.from === where).length;
  return {
    high: high.length,
    medium: known.length - high.length - low.length,
    low: low.length,
    unknown: rated.length - known.length,
    average: averageOf(known.map(({ confidence }) => confidence)),
    lowest: low
      .sort((a, b) => a.confidence - b.confidence)
      .slice(0, MAX_NAMED)
      .map(({ source, confidence }) => ({ source, confidence })),
    from: { mapping: from('mapping'), scores: from('scores'), rows: from('rows') },
    rows: mappingRows?.statuses ?? [],
  };
}

function averageOf(numbers: readonly number[]): number | null {
  const average = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  return Number.isFinite(average) ? Math.round(average * 100) / 100 : null;
}
