import { isMap, LineCounter, parseDocument } from 'yaml';
import { Failure } from '../failure.ts';
import {
  Configuration,
  type ConfigurationSource,
  type Configured,
  invalid,
  MAX_CHARACTERS,
  type Path,
  tooLarge,
  unconfigured,
} from './configuration.ts';
import { problemsOf } from './configuration-problem.ts';
import { placesIn } from './yaml-place.ts';

/** `user:password@` of a URL, or `password=` of a connection string. */
const SECRET = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:"']*:[^\s/@"']+@|\b(?:password|passwd|pwd)\s*=\s*\S/i;

/** See `parseConfiguration`. YAML 1.2; JSON is YAML too. */
export function parsedConfiguration(text: string, source: ConfigurationSource): Configured {
  const { name } = source;
  if (text.length > MAX_CHARACTERS) throw tooLarge(name);
  // Before anything else: what the YAML parser says may hold pieces of the text.
  const secret = SECRET.exec(text);
  if (secret) {
    const line = text.slice(0, secret.index).split('\n').length;
    throw invalid([`${name}:${line}: a password stands here; name the environment variable that holds it (urlFrom)`]);
  }
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
    const places = placesIn(document, text, lines, name);
    const [broken] = [...document.errors, ...document.warnings];
    if (broken) throw invalid([`${places.at(broken.pos[0])}: ${withoutText(broken.message)}`]);
    if (document.contents === null) return { ...unconfigured, source, placeOf: places.of };
    if (!isMap(document.contents)) throw invalid([`${name}:1:1: expected a map of settings`]);
    const data: unknown = document.toJS();
    const [hidden] = keysPassedOver(data);
    if (hidden) throw invalid([`${places.of(hidden)}: no key is called __proto__`]);
    const parsed = Configuration.safeParse(data);
    if (!parsed.success) throw invalid(problemsOf(parsed.error.issues, data, places.of));
    return { ...parsed.data, source, placeOf: places.of };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    // The parser's own limits.
    throw invalid([`${name}: too deeply nested, or too many aliases of aliases`]);
  }
}

/** Where keys stand that zod passes over in a map of any names: what stands there would be left out without a word. */
function keysPassedOver(data: unknown, path: Path = []): Path[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const here = [...path, key];
    return key === '__proto__' ? [here] : keysPassedOver(value, here);
  });
}

/** What the YAML parser says, without the piece of the text that it quotes at its end: a secret may stand there. */
function withoutText(message: string): string {
  return message.replace(/(?<=[\w)]): .*$/s, '').replace(/(?<=escape sequence) .*$/s, '');
}
