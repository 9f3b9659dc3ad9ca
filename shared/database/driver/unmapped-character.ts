import { Failure } from '../../failure.ts';

/** Of a character that the encoding on the other side does not have. */
export const UNMAPPED = '22P05';

/** How all text goes between the server and the driver. */
export const ON_THE_WAY = 'UTF8';

/** A character that an encoding of PostgreSQL has and another one does not. */
export interface UnmappedCharacter {
  /** In `from`, as hexadecimal digits. */
  readonly bytes: string;
  readonly from: string;
  readonly to: string;
}

/** What the server's message of {@link UNMAPPED} says, in whatever language; undefined where it says something else. */
export function unmappedCharacter(message: string): UnmappedCharacter | undefined {
  const [bytes] = /0x[0-9a-f]{2}(?: 0x[0-9a-f]{2})*/.exec(message) ?? [];
  const [from, to] = message.match(/\b[A-Z][A-Z0-9_]{2,}\b/g) ?? [];
  return bytes && from && to ? { bytes: bytes.replaceAll(/0x| /g, ''), from, to } : undefined;
}

/** What it means for the person, where it is not known in which text it stands. */
export function unmappedFailure(message: string): Failure {
  const { bytes, from, to } = unmappedCharacter(message) ?? {};
  if (bytes === undefined || from !== ON_THE_WAY) {
    return new Failure('wrong-data', `A text here has a character that cannot be read: ${message}.`, {
      next: 'UTF-8 has no such character. Have the text corrected where it is stored; nothing was changed.',
    });
  }
  const character = Buffer.from(bytes, 'hex').toString('utf8');
  const number = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return new Failure('wrong-data', `This database is ${to}, and has no character ${character} (U+${number}).`, {
    next: 'It came from outside of it: with a reason, a search, a choice, or the name of this user or machine.',
  });
}
