import { Failure } from '../../failure.ts';

/**
 * Makes one thing of each name. Where several fail, one failure tells what all of them say: who mends an install wants
 * the whole list.
 * @throws Failure with the code and the advice of the first
 */
export function ofEach<K extends string, T>(names: readonly K[], make: (name: K) => T): Record<K, T> {
  const failures: Failure[] = [];
  const made = names.flatMap((name): [K, T][] => {
    try {
      return [[name, make(name)]];
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      failures.push(thrown);
      return [];
    }
  });
  const [first] = failures;
  if (first) throw new Failure(first.code, failures.map(({ message }) => message).join(' '), { next: first.next });
  return Object.fromEntries(made) as Record<K, T>;
}
