/** Longest piece of a stored value that is shown in a line. */
const MAX_CHARACTERS = 200;

/**
 * Makes a text from outside safe to show on one line: control characters, escape sequences, line separators and
 * direction marks are written as escapes, and what is too long is cut.
 */
export function visible(text: string, most: number = MAX_CHARACTERS): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
