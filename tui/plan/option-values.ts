import { Failure } from '../../shared/index.ts';
import type { OptionValues } from '../command.ts';

/**
 * The value of an option that takes a whole number; undefined where it is not given.
 * @throws Failure `usage`
 */
export function wholeNumber(options: OptionValues, name: string, most: number, least = 1): number | undefined {
  const typed = options[name];
  if (typed === undefined) return undefined;
  const value = numberIn(typed);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Failure('usage', `--${name} takes a whole number from ${least} to ${most}, not "${typed}".`);
}

/**
 * The number that somebody typed in decimal digits; NaN for everything else. JavaScript also takes "" and " " as 0, and
 * 0x10 and 1e3 as numbers.
 */
export function numberIn(typed: OptionValues[string]): number {
  return typeof typed === 'string' && /^[0-9]{1,15}(\.[0-9]{1,15})?$/.test(typed) ? Number(typed) : Number.NaN;
}

/** @throws Failure `usage` where it is no whole id */
export function uuidOf(option: string, typed: string): string {
  const id = typed.trim().toLowerCase();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw new Failure('usage', `${option} takes a whole id, like 1e640262-4332-4087-ac4e-1674b08cd8f2, not "${typed}".`);
}

/** Words with commas between them. */
export function listIn(typed: string): string[] {
  return typed
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
