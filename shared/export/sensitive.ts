/**
 * What counts as a secret or as personal data: by the name of a key or a column, and by what a text looks like. Every
 * pattern is bounded, so that none runs away on a text of a megabyte.
 */

const SECRET_KEY =
  /passw(or)?d|passphrase|pwd$|secret|api_?key|access_?key|private_?key|signing_?key|encryption_?key|authorization|credential|connection_?string|database_?url|^dsn$|bearer|cookie/;
/** `token_count` and `tokens_used` count; `access_token` is one. */
const TOKEN_KEY = /tokens?$/;

const PERSON_KEY =
  /(^|_)users?(_(id|ids|name|names))?$|username|_by$|^(first|last|full|contact|owner)_?name$|e_?mail|phone|^who$|^(os_|db_)?user$|(^|_)ssn$|social_security|passport|(^|_)(national|tax)_?id$|(^|_)iban$|(^|_)(credit_?)?card_?number$|(^|_)(dob|birth_?da(y|te)|date_of_birth)$/;
const FREE_TEXT_KEY = /(^|_)(errors?|messages?|notes?|reason|traceback|trace|stack|stacktrace|details?|exception)(_|$)/;
const RAW_VALUES_KEY =
  /^(raw|cleansed|original|sample)_?(data|values?|records?|rows?)?$|^samples$|^discovered_assets$|^crew_outputs$|^validation_errors$/;

/** `camelCase`, `kebab-case` and `Title Case` as `snake_case`. */
function normalised(key: string): string {
  return key
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** True where what stands under a key is a secret. Numbers under `tokens` count them. */
export function isSecret(key: string, value: unknown): boolean {
  const name = normalised(key);
  return SECRET_KEY.test(name) || (TOKEN_KEY.test(name) && typeof value !== 'number');
}

export function namesPerson(key: string): boolean {
  return PERSON_KEY.test(normalised(key));
}

export function holdsFreeText(key: string): boolean {
  return FREE_TEXT_KEY.test(normalised(key));
}

export function holdsRawValues(key: string): boolean {
  // As the platform spells it: `rawRecords` is a word of our own documents.
  return RAW_VALUES_KEY.test(key);
}

/** Names of secrets inside texts. */
const NAMED =
  'passw(?:or)?d|passphrase|pwd|secret|(?:api|access|secret|private|signing|encryption)[_-]?key|credentials?|authorization|cookie';
/** What is quoted, which a cut may have left open, or one word; `Bearer x` are two. */
const VALUE = String.raw`(?:(?<quote>\\{0,3}["'])(?:(?!\k<quote>)(?:\\[\s\S]|[\s\S])){1,5000}|(?:(?:bearer|basic) {1,3})?[^\s"'[{=&;][^\s"'&;)}\]]{0,2000})`;
/** `password=x`, `api_key: x`, `"token": "x"`. A bare `token:` is what parsers complain of, and `tokens` are counted. */
const ASSIGNED: readonly RegExp[] = [
  String.raw`(?:(?:${NAMED})\s{0,3}[:=]|token\s{0,3}=|[a-z]_token\s{0,3}:)`,
  String.raw`(?:${NAMED}|token)\\{0,3}["']\s{0,3}[:=]`,
].map((name) => new RegExp(String.raw`(?<name>${name}\s{0,3})${VALUE}`, 'gi'));

/** A text without the user and the password of the addresses in it, and without what a name beside it calls a secret. */
export function withoutCredentials(text: string): string {
  const addressed = text.replaceAll(/([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"']{1,300}@/gi, '$1[hidden]@');
  return ASSIGNED.reduce((one, pattern) => one.replaceAll(pattern, '$<name>$<quote>[hidden]'), addressed);
}

const KEPT =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,20}(?:Z|[+-]\d\d(?::?\d\d)?)?)?/gi;

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{1,40}-----[\s\S]{0,5000}?-----END [A-Z ]{1,40}-----/g, '[secret]'],
  [/\b(?:bearer|basic) [\w.~+/=-]{8,2000}/gi, '[secret]'],
  [
    /\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs])[-_][\w-]{12,500}|\bAKIA[0-9A-Z]{12,30}|\beyJ[\w-]{10,4000}\.[\w.-]{10,8000}/g,
    '[secret]',
  ],
  [/(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])/g, '[national id]'],
  [/(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '[email]'],
  [/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g, '[ip]'],
  [
    /(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6})(?![\w:])/gi,
    '[ip]',
  ],
  [
    /\+\d[\d\s().-]{6,20}\d|\(\d{2,5}\)\s?\d[\d\s.-]{4,16}\d|(?<![\w.-])0\d{2,4}[\s/-]\d{3,5}[\d\s-]{0,12}\d?(?![\w.])|(?<![\w.-])\d{3}[-. ]\d{3}[-. ]\d{4}(?![\w.-])/g,
    '[phone]',
  ],
];

/** A text with secrets, e-mail addresses, IP addresses and phone numbers replaced; ids and times stay. */
export function masked(text: string): string {
  // Before the ids are kept: one that is called a token is one.
  const open = withoutCredentials(text);
  let from = 0;
  const pieces: string[] = [];
  for (const match of open.matchAll(KEPT)) {
    pieces.push(maskedPiece(open.slice(from, match.index)), match[0]);
    from = match.index + match[0].length;
  }
  return pieces.concat(maskedPiece(open.slice(from))).join('');
}

function maskedPiece(piece: string): string {
  return MASKS.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), piece);
}
