import { visible } from './visible.ts';

/** A stored value as it is shown: NULL by its name, everything else made safe. */
export function shown(value: string | null): string {
  return value === null ? 'NULL' : visible(value, 120);
}
