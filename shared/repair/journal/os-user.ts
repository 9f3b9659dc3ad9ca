import { userInfo } from 'node:os';

/** The user of the operating system, for the journal. */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without a name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
