import { discovery } from '../flow/discovery.ts';
import type { ResumeCall } from './calls.ts';

/** One mapping that a call approves, for people. */
export interface Approval {
  readonly source: string;
  /** The target field; the whole mapping as JSON where it names none. */
  readonly target: string;
  /** As it is stored, usually 0 to 1. */
  readonly confidence: string | undefined;
}

/** The mappings that a resume call approves, in the order of its body. Only discovery flows have any. */
export function approvalsOf({ body }: Pick<ResumeCall, 'body'>): Approval[] {
  const mappings = body.field_mappings;
  const entries = typeof mappings === 'object' && mappings !== null ? Object.entries(mappings) : [];
  const { mappingKeys } = discovery;
  return entries.map(([source, mapping]) => {
    const target = typeof mapping === 'string' ? mapping : firstOf(mapping, mappingKeys.target);
    const confidence = firstOf(mapping, mappingKeys.confidence);
    return {
      source,
      target: typeof target === 'string' ? target : JSON.stringify(mapping),
      confidence: confidence === undefined || confidence === null ? undefined : String(confidence),
    };
  });
}

/** The value of the first of these keys that an object has. */
function firstOf(value: unknown, keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const stored = new Map(Object.entries(value));
  const key = keys.find((one) => stored.has(one));
  return key === undefined ? undefined : stored.get(key);
}
