import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { writeNewFile } from '../new-file.ts';
import { hashOf, Plan } from './plan.ts';

/** A plan of hundreds of flows is a few megabytes; anything much larger is not a plan. */
const MOST_BYTES = 256 * 1024 * 1024;

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
  if (text.length > MOST_BYTES) throw new Failure('plan-unreadable', `${place} is too large to be a plan.`);
  const parsed = Plan.safeParse(json(text, place));
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
  const { hash, ...body } = parsed.data;
  if (hashOf(body) !== hash) {
    throw new Failure('plan-edited', `${place} was changed after it was written: it does not match its hash.`, {
      next: 'Only what was reviewed is applied. Make a new plan with `flowmend plan <id> -o <file>`.',
    });
  }
  return parsed.data;
}

/** Saves a plan where a person can review it. Never overwrites: the path must be new. */
export function writePlanFile(path: string, plan: Plan): Promise<void> {
  return writeNewFile(path, `${JSON.stringify(plan, null, 2)}\n`);
}

function json(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new Failure('plan-unreadable', `${place} is not JSON: ${(thrown as Error).message}.`, { cause: thrown });
  }
}
