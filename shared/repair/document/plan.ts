import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { ServerIdentity } from '../../database/sql/server-identity.ts';
import { NewValue, WritableRecord } from '../../flow/change.ts';
import { RowId } from '../../flow/row-id.ts';

/** One row, what must still be true of it, and what it becomes. A step without writes only guards. */
export const Step = z.strictObject({
  record: WritableRecord,
  table: z.strictObject({ schema: z.string(), name: z.string() }),
  /** The primary key, `id`. */
  key: RowId,
  flowId: RowId,
  /** Column -> the value the decision rested on, in the form of `guardImage`. */
  guard: z.record(z.string(), z.string().nullable()),
  /** Of an import that gets its link: how many other open flows named it when it was planned. */
  rivals: z.number().int().min(0).optional(),
  writes: z.array(z.strictObject({ column: z.string(), to: NewValue, rule: z.string().nullable(), why: z.string() })),
});
export type Step = z.infer<typeof Step>;

/** A finding that the plan could not or must not mend, and why. */
export const LeftOut = z.strictObject({
  flowId: RowId,
  rule: z.string(),
  reason: z.enum(['choice', 'manual', 'resume', 'schema', 'shared']),
  why: z.string(),
  /** What a person can pick from where the reason is `choice`. */
  options: z.array(z.strictObject({ value: z.string(), about: z.string() })),
});
export type LeftOut = z.infer<typeof LeftOut>;

/** What a plan was told: absent where everything that can be mended was meant. */
export const Asked = z.strictObject({
  /** Only the findings of these rules. */
  rules: z.array(z.string()).optional(),
  /** What a person picked: rule -> value of one of its options. */
  choices: z.record(z.string(), z.string()).optional(),
});
export type Asked = z.infer<typeof Asked>;

/** Of the form of a plan. */
export const PLAN_VERSION = 1;

const Body = z.strictObject({
  schemaVersion: z.literal(PLAN_VERSION),
  kind: z.enum(['repair', 'undo']),
  database: z.string(),
  /** Which server and which database of it that was: another may stand behind the same name. Absent: an older plan. */
  server: ServerIdentity.optional(),
  /** ISO 8601. After `expiresAt` the plan can be read but not applied. */
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  flows: z.array(RowId).min(1),
  /** How the flows were found, for people: `all with progress-out-of-step`. Absent: they were named one by one. */
  chosenBy: z.string().optional(),
  /** For who plans these flows anew: not more than this was meant. Absent: everything that can be mended. */
  asked: Asked.optional(),
  /** Flows that are written in one transaction. Absent: all of them. */
  batchSize: z.number().int().min(1).optional(),
  /** What was wrong with the flows when the plan was made: nothing else may be wrong afterwards. */
  findings: z.array(z.strictObject({ flowId: RowId, rule: z.string() })),
  /** The findings that must be gone when it is applied. */
  mends: z.array(z.strictObject({ flowId: RowId, rule: z.string() })),
  leftOut: z.array(LeftOut),
  steps: z.array(Step),
  /** The receipt that an undo takes back. */
  undoes: RowId.nullable(),
});
export type PlanBody = z.infer<typeof Body>;

/** A repair plan: data that can be saved, reviewed and applied exactly as it was reviewed, once. */
export const Plan = Body.extend({
  /** Part of the plan -> the start of its own hash, so that an edit can be told by its place. */
  digests: z.record(z.string(), z.string()),
  hash: z.string(),
});
export type Plan = z.infer<typeof Plan>;

/** How long a plan may be applied after it was made, in milliseconds. */
export const PLAN_LIFETIME_MS = 60 * 60 * 1000;

/** Closes a plan with the hash of its content. */
export function seal(body: PlanBody): Plan {
  return { ...body, ...sealsOf(body) };
}

const DIGEST_LENGTH = 16;

/**
 * `hash`: SHA-256 over the canonical JSON (RFC 8785) of everything but the hash and the digests. `digests`: the same of
 * each field, and of each step by its place, `steps.0`, cut short. Piece by piece: a plan of many flows would be one text
 * of hundreds of megabytes.
 */
export function sealsOf(body: PlanBody): Pick<Plan, 'hash' | 'digests'> {
  const whole = createHash('sha256');
  const digests: Record<string, string> = {};
  const add = (path: string, part: unknown) => {
    const text = canonicalize(part) ?? '';
    whole.update(text);
    digests[path] = createHash('sha256').update(text).digest('hex').slice(0, DIGEST_LENGTH);
  };
  const fields = Object.entries(Body.strip().parse(body)).filter(([, value]) => value !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  fields.forEach(([name, value], place) => {
    whole.update(`${place === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    if (name === 'steps' && Array.isArray(value)) {
      whole.update('[');
      for (const [index, step] of value.entries()) {
        if (index > 0) whole.update(',');
        add(`steps.${index}`, step);
      }
      whole.update(']');
    } else add(name, value);
  });
  return { hash: whole.update('}').digest('hex'), digests };
}
