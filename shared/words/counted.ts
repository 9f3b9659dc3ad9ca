import { type Line, span } from './tone.ts';

/** Of a long list so many are named one by one; the rest is counted. */
export const MAX_NAMED = 10;

export function named<T>(all: readonly T[], most = MAX_NAMED): readonly T[] {
  return all.slice(0, most);
}

/** How many are not named; nothing where all are. */
export function rest(all: number, what: string, most = MAX_NAMED): Line[] {
  return all > most ? [[span(`  … and ${number(all - most)} more ${what}`, 'dim')]] : [];
}

/** `1 flow`, `2,000 flows`. */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function number(count: number): string {
  return count.toLocaleString('en-US');
}
