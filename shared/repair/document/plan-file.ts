import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../../failure.ts';
import { writeNewFile } from '../../files/new-file.ts';
import { PLAN_VERSION, Plan, sealsOf } from './plan.ts';

/** A plan of hundreds of flows is a few megabytes; anything much larger is not a plan. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads a saved plan and checks that it is whole and as it was written.
 * @throws Failure `plan-unreadable` with the place, `plan-edited` where the content does not match its hash
 */
export async function readPlanFile(path: string): Promise<Plan> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    throw new Failure('plan-unreadable', `${path} cannot be read${code ? ` (${code})` : ''}.`, {
      next: 'Give the path of a plan that `flowmend plan <id> -o <file>` wrote.',
      cause: thrown,
    });
  }
  return parsePlan(text, path);
}

/** The same for a plan at hand as text; `place` names it in messages. */
export function parsePlan(text: string, place: string): Plan {
  if (text.length > MAX_BYTES) throw new Failure('plan-unreadable', `${place} is too large to be a plan.`);
  const content = json(text, place);
  refuseNewer(content, place);
  const parsed = Plan.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Failure(
      'plan-unreadable',
      `${place} is not a plan: ${issue?.path.join('.') || 'top'}: ${issue?.message}.`,
      {
        next: 'Make a new one with `flowmend plan <id> -o <file>`.',
      },
    );
  }
  const edited = editedParts(parsed.data);
  if (edited.length > 0) {
    const more = edited.length > MAX_NAMED ? ` and ${edited.length - MAX_NAMED} more` : '';
    throw new Failure(
      'plan-edited',
      `${place} was changed after it was written: ${edited.slice(0, MAX_NAMED).join(', ')}${more} does not match its hash.`,
      { next: 'Only what was reviewed is applied. Make a new plan with `flowmend plan <id> -o <file>`.' },
    );
  }
  return parsed.data;
}

/** What a newer Flowmend wrote may hold anything: that it does not fit says nothing to a person. */
function refuseNewer(content: unknown, place: string): void {
  const version = z.object({ schemaVersion: z.number().int() }).safeParse(content).data?.schemaVersion ?? 0;
  if (version <= PLAN_VERSION) return;
  throw new Failure(
    'plan-unreadable',
    `${place} is a plan of a newer Flowmend: its schemaVersion is ${version}, and this Flowmend reads ${PLAN_VERSION}.`,
    { next: 'Update Flowmend, or make a new plan with this one: `flowmend plan <id> -o <file>`.' },
  );
}

const MAX_NAMED = 5;

/** The places of a plan that are not as they were sealed: `steps.0 (discovery_flows 1e64…)`. Empty for a whole one. */
function editedParts(plan: Plan): string[] {
  const { hash, digests, ...body } = plan;
  const seals = sealsOf(body);
  const now = seals.digests;
  const places = [...new Set([...Object.keys(digests), ...Object.keys(now)])].filter(
    (path) => digests[path] !== now[path],
  );
  if (places.length === 0) return seals.hash === hash ? [] : ['hash'];
  return places.map((path) => {
    const step = /^steps\.(\d+)$/.exec(path)?.[1];
    const row = step === undefined ? undefined : plan.steps[Number(step)];
    return row ? `${path} (${row.table.name} ${row.key})` : path;
  });
}

/** Saves a plan where a person can review it. Never overwrites: the path must be new. */
export function writePlanFile(path: string, plan: Plan): Promise<void> {
  return writeNewFile(path, `${JSON.stringify(plan, null, 2)}\n`);
}

/** Where the one key may stand that parsing drops, so that no hash would tell it; letters may be written as numbers. */
const UNHASHED = /__proto__|\\u/i;

function refuseUnhashed(place: string) {
  return (key: string, value: unknown) => {
    if (key !== '__proto__') return value;
    throw new Failure('plan-edited', `${place} was changed after it was written: it has a key __proto__.`, {
      next: 'Only what was reviewed is applied. Make a new plan with `flowmend plan <id> -o <file>`.',
    });
  };
}

function json(text: string, place: string): unknown {
  try {
    return JSON.parse(text, UNHASHED.test(text) ? refuseUnhashed(place) : undefined);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const { message } = thrown as Error;
    throw new Failure('plan-unreadable', `${place} is not JSON: ${message}${lineOf(text, message)}.`, {
      next: 'It may have been cut off. Make a new plan with `flowmend plan <id> -o <file>`.',
      cause: thrown,
    });
  }
}

/** Where the JSON ends too early Node says no place: it is the last line. */
function lineOf(text: string, message: string): string {
  return /position|line/.test(message) ? '' : ` at line ${text.split('\n').length}, the last`;
}
