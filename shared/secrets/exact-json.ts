/** Where a number may be longer or larger than what JavaScript holds. */
const MAY_LOSE = /\d{16}|\d[eE]/;

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** What a JSON text says. A number that JavaScript would round or lose stays the text that it is written as. */
export function exactJson(text: string): unknown {
  if (!MAY_LOSE.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, exactly as (key: string, value: unknown) => unknown);
  } catch {
    // Nested deeper than a recursion goes.
    return JSON.parse(text);
  }
}

const exactly: Reviver = (_key, value, { source }) => {
  if (typeof value !== 'number' || source === undefined) return value;
  return Number.isFinite(value) && digitsOf(String(value)) === digitsOf(source) ? value : source;
};

/** The digits that a number is told by: without its sign, its point, its exponent and the zeros around them. */
function digitsOf(number: string): string {
  const [significant = ''] = number.toLowerCase().split('e');
  return significant.replaceAll(/[^\d]/g, '').replaceAll(/^0+|0+$/g, '');
}
