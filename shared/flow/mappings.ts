import type { FlowModel } from './model.ts';

/** Source field -> target, or -> an object with target and confidence: as the platform stores it. */
export type Mappings = Record<string, unknown>;

/** The mappings in a stored JSON text, reserved keys left out; none where the text is no JSON object. */
export function mappingsIn(json: string | null, model: Pick<FlowModel, 'mappingsReservedKeys'>): Mappings {
  const value: unknown = json === null ? null : JSON.parse(json);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([key]) => !model.mappingsReservedKeys.includes(key)));
}
