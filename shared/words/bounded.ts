const MAX_MEMBERS = 1_000;
const MAX_LEVELS = 100;

/**
 * A document without values that are too large to be read: long texts are cut, and so are objects with very many members
 * and very deep ones, each with a mark. Lists stay whole: whoever makes them bounds them.
 */
export function bounded(value: unknown, mostCharacters = 2_000, depth = 0): unknown {
  if (typeof value === 'string') return cut(value, mostCharacters);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_LEVELS) return '…';
  if (Array.isArray(value)) return value.map((one) => bounded(one, mostCharacters, depth + 1));
  const members = Object.entries(value);
  const kept = members
    .slice(0, MAX_MEMBERS)
    .map(([key, member]) => [cut(key, mostCharacters), bounded(member, mostCharacters, depth + 1)] as const);
  const more = members.length - kept.length;
  return Object.fromEntries(more > 0 ? [...kept, ['…', `${more} more`]] : kept);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}
