/** `user:password@` of an address. */
const PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/@:"']*):[^\s@"']+@/gi;

/** A message without the passwords of addresses that somebody gave where a name, an id or a file belongs. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(PASSWORD, '$1:[hidden]@');
}
