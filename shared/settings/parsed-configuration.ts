import { isMap, LineCounter, parseDocument } from 'yaml';
import { Failure } from '../failure.ts';
import { Configuration, type Configured, invalid, MOST_CHARACTERS, tooLarge, unconfigured } from './configuration.ts';
import { problemsOf } from './configuration-problem.ts';
import { placesIn } from './yaml-place.ts';

/** `user:password@` of a URL, or `password=` of a connection string. */
const SECRET = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:"']*:[^\s/@"']+@|\b(?:password|passwd|pwd)\s*=\s*\S/i;

/** See `parseConfiguration`. YAML 1.2; JSON is YAML too. */
export function parsedConfiguration(text: string, name: string): Configured {
  if (text.length > MOST_CHARACTERS) throw tooLarge(name);
  // Before anything else: what the YAML parser says may hold pieces of the text.
  const secret = SECRET.exec(text);
  if (secret) {
    const line = text.slice(0, secret.index).split('\n').length;
    throw invalid([`${name}:${line}: a password stands here; name the environment variable that holds it (urlFrom)`]);
  }
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const places = placesIn(document, text, lines, name);
    const [broken] = [...document.errors, ...document.warnings];
    if (broken) throw invalid([`${places.at(broken.pos[0])}: ${broken.message}`]);
    if (document.contents === null) return { ...unconfigured, placeOf: places.of };
    if (!isMap(document.contents)) throw invalid([`${name}:1:1: expected a map of settings`]);
    const data: unknown = document.toJS();
    const parsed = Configuration.safeParse(data);
    if (!parsed.success) throw invalid(problemsOf(parsed.error.issues, data, places.of));
    return { ...parsed.data, placeOf: places.of };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    // The parser's own limits.
    throw invalid([`${name}: too deeply nested, or too many aliases of aliases`]);
  }
}
