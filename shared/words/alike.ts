/** Neighbours that are shown as one: the first of them, and all. */
export interface Alike<T> {
  readonly first: T;
  readonly all: readonly T[];
}

/** Joins neighbours that differ only in what `likeness` leaves out: 23 rows that get the same value are one thing to read. */
export function alike<T>(items: readonly T[], likeness: (item: T) => unknown): Alike<T>[] {
  const runs: { likeness: string; all: [T, ...T[]] }[] = [];
  for (const item of items) {
    const now = JSON.stringify(likeness(item));
    const last = runs.at(-1);
    if (last?.likeness === now) last.all.push(item);
    else runs.push({ likeness: now, all: [item] });
  }
  return runs.map(({ all }) => ({ first: all[0], all }));
}
