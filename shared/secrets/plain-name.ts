/** Letters and hyphens only, as in a key or the id of a rule: no token, password or address is written like that. */
const PLAIN = /^[A-Za-z]+(-[A-Za-z]+)*$/;
const MAX_CHARACTERS = 40;

/** Whether a message may repeat what stands where a name belongs. Some people put a secret there by mistake. */
export function isPlainName(text: string): boolean {
  return text.length <= MAX_CHARACTERS && PLAIN.test(text);
}

/** The name in quotes and with a space before it; nothing where it may not be repeated. */
export function quotedName(text: string): string {
  return isPlainName(text) ? ` "${text}"` : '';
}
