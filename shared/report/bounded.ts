const MOST_CHARACTERS = 2_000;
const MOST_MEMBERS = 1_000;

/**
 * A document without values that are too large to be read: long texts are cut, and so are objects with very many members,
 * both with a mark. Lists stay whole: whoever makes them bounds them.
 */
export function bounded(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  if (Array.isArray(value)) return value.map(bounded);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value);
  const kept = members.slice(0, MOST_MEMBERS).map(([key, member]) => [cut(key), bounded(member)] as const);
  const more = members.length - kept.length;
  return Object.fromEntries(more > 0 ? [...kept, ['…', `${more} more`]] : kept);
}

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}… (${text.length} characters)`;
}
