import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { isPlainName, quotedName } from '../secrets/plain-name.ts';
import { Configuration, type Path } from './configuration.ts';

type Issue = z.core.$ZodIssue;

const LIKE_A_SECRET = /pass|secret|token|credential|^(url|dsn|readUrl)$/i;

/**
 * What is wrong with a configuration, one line for each problem: where, what was expected, never the value that was found.
 * @param data what was parsed
 */
export function problemsOf(issues: readonly Issue[], data: unknown, placeOf: (path: Path) => string): string[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `${placeOf([...path, key])}: ${unknownKey(key, path)}`);
    }
    if (issue.code === 'invalid_union') {
      // The short form of a rule's setting is a word, the long one a map: what was written tells which was meant.
      const written = valueAt(data, path);
      const [word = [], map = []] = issue.errors;
      if (typeof written !== 'string' && !isMap(written)) {
        return [`${placeOf(path)}: ${wordsOf(path)}: ${reason(word)}, or a map of ${keysAt(path).join(' and ')}`];
      }
      const branch = typeof written === 'string' ? word : map;
      return problemsOf(
        branch.map((one) => ({ ...one, path: [...issue.path, ...one.path] })),
        data,
        placeOf,
      );
    }
    const why = issue.code === 'invalid_key' ? issue.issues.map((one) => one.message).join(', ') : issue.message;
    return [`${placeOf(path)}: ${wordsOf(path)}: ${withoutKind(why)}`];
  });
}

/** `connections.prod.urlFrom`, without what may be no name. */
function wordsOf(path: Path): string {
  return path.map((part) => (typeof part === 'number' || isPlainName(part) ? part : '…')).join('.');
}

function reason(issues: readonly Issue[]): string {
  return issues.map(({ message }) => withoutKind(message)).join(', ');
}

function withoutKind(message: string): string {
  return message.replace(/^Invalid (input|option): /, '');
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownKey(key: string, path: Path): string {
  const within = path.length === 0 ? 'flowmend.yaml' : wordsOf(path);
  if (LIKE_A_SECRET.test(key)) {
    return `${within} takes no${quotedName(key) || ' such key'}: no secret belongs in this file; name the environment variable that holds it (urlFrom, readUrlFrom, apiTokenFrom)`;
  }
  const known = keysAt(path);
  const like = known.length === 0 ? '' : closest(key, known);
  const suggestion =
    like !== '' && distance(key, like) <= Math.max(1, key.length / 3)
      ? `did you mean "${like}"?`
      : `it knows ${known.join(', ')}`;
  return `${within} knows no${quotedName(key) || ' such key'}: ${suggestion}`;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** The keys that the map at a path may have. */
function keysAt(path: Path): string[] {
  let schema = z.toJSONSchema(Configuration, { io: 'input' }) as Schema | undefined;
  for (const part of path) {
    const { additionalProperties: others } = schema ?? {};
    schema = schema?.properties?.[String(part)] ?? schema?.items ?? (typeof others === 'object' ? others : undefined);
    schema = schema?.anyOf?.find(({ properties }) => properties) ?? schema;
  }
  return Object.keys(schema?.properties ?? {});
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | undefined)?.[part], data);
}
