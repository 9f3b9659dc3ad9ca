import type { FlowModel } from './model.ts';

/** Source field -> target, or -> an object with target and confidence: as the platform stores it. */
export type Mappings = Record<string, unknown>;

/** From `high` on a mapping is trusted, below `medium` it needs a look: the platform's own bounds. */
export const CONFIDENCE = { high: 0.8, medium: 0.5 };

/** The mappings in a stored JSON text, reserved keys left out; none where the text is no JSON object. */
export function mappingsIn(json: string | null, model: Pick<FlowModel, 'mappingsReservedKeys'>): Mappings {
  // Taken out of the fresh object instead of copying the rest: there may be hundreds of thousands.
  const mappings: Mappings = objectIn(json);
  for (const key of model.mappingsReservedKeys) delete mappings[key];
  return mappings;
}

/** How sure a mapping says it is; undefined where it does not say. */
export function confidenceOf(mapping: unknown, { mappingKeys }: Pick<FlowModel, 'mappingKeys'>): number | undefined {
  return valuesUnder(mappingKeys.confidence, mapping).find(isConfidence);
}

/** A number from 0 to 1: one beyond, like a percentage, says nothing that the bounds could be held against. */
export function isConfidence(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

/** The field that a mapping leads to; undefined where it names none. */
export function targetOf(mapping: unknown, { mappingKeys }: Pick<FlowModel, 'mappingKeys'>): string | undefined {
  if (typeof mapping === 'string') return mapping;
  return valuesUnder(mappingKeys.target, mapping).find((value) => typeof value === 'string');
}

/** A field and where it leads, as one key: a row of the table of mappings and a stored mapping meet by it. */
export function mappingKey(source: string, target: string | null | undefined): string {
  return JSON.stringify([source, target ?? null]);
}

function valuesUnder(keys: readonly string[], mapping: unknown): unknown[] {
  if (mapping === null || typeof mapping !== 'object') return [];
  const values = new Map<string, unknown>(Object.entries(mapping));
  return keys.map((key) => values.get(key));
}

/** Confidences that stand beside the mappings, under a reserved key: source field -> number. */
export function confidenceScores(
  json: string | null,
  model: Pick<FlowModel, 'mappingsReservedKeys'>,
): Map<string, number> {
  const stored = new Map(Object.entries(objectIn(json)));
  const scores = model.mappingsReservedKeys.flatMap((key) => {
    const value = stored.get(key);
    return value !== null && typeof value === 'object' ? Object.entries(value) : [];
  });
  return new Map(scores.filter((entry): entry is [string, number] => isConfidence(entry[1])));
}

function objectIn(json: string | null): Record<string, unknown> {
  const value: unknown = json === null ? null : JSON.parse(json);
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}
