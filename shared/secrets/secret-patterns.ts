/**
 * What counts as a secret: by the name of a key or a column, and by a name beside it in a text. Every pattern is bounded, so
 * that none runs away on a text of a megabyte.
 */
import { inSnakeCase } from './spelling.ts';

const SECRET_KEY =
  /passw(or)?d|passphrase|passcode|pwd$|secret|api_?key|access_?key|account_?key|private_?key|signing_?key|encryption_?key|authorization|credential|connection_?string|database_?url|^dsn$|bearer|cookie/;
const FORM =
  '(_?(value|hash|hashed|salt|digest|code|key|header|string|text|raw|plain|encrypted|data))*(_?[0-9]{1,3})?$';
/** Short words, which other words begin with: `passed`, `pinned` and `author` are none. */
const SECRET_WORD = new RegExp(`(^|_)((db|user)?_?pass|pin|o?auth|jwt|sess(ion)?_?ids?)${FORM}|sess(ion)?id${FORM}`);
/** `token_count` and `tokens_used` count; `access_token` is one. */
const TOKEN_KEY = new RegExp(`tokens?${FORM}`);

/** True where what stands under a key is a secret. Numbers under `tokens` count them, and `auth: true` is a switch. */
export function isSecret(key: string, value: unknown): boolean {
  const name = inSnakeCase(key);
  return (
    SECRET_KEY.test(name) ||
    (SECRET_WORD.test(name) && typeof value !== 'boolean') ||
    (TOKEN_KEY.test(name) && typeof value !== 'number')
  );
}

/** Names of secrets inside texts. */
const PHRASE = 'passw(?:or)?d|passphrase|passcode|pwd|(?<![a-z])pin';
const SHORT = '(?<![a-z])(?:pass|auth)';
const KEY = 'secret|(?:api|access|account|secret|private|signing|encryption)[ _-]?key|jwt|sess(?:ion)?[ _-]?id';
const NAMED = `${PHRASE}|${KEY}|credentials?|authorization|cookie`;
const TEXT_FORM = '(?:[ _-]?(?:value|hash|code|header))?';
/** `unexpected token x` is a syntax error, not a secret. */
const TOKEN = '(?<!(?:unexpected|unrecognized|illegal|expected|near|at) {1,3})token';
/** What is said of a secret without telling it. */
const STATES =
  'not|no|now|never|still|required|needed|mandatory|optional|missing|absent|empty|blank|null|none|undefined|unknown|unset|set|valid|invalid|wrong|right|correct|incorrect|expired|expiring|outdated|old|new|too|weak|strong|short|long|hidden|stored|kept|saved|sent|used|being|changed|reset|rotated|encrypted|hashed|ok|fine|failed|failure|denied|error|success|successful|enabled|disabled|true|false|the|a|an|in|on|at|to|of|for|by|from|case';
const ANY = String.raw`(?!(?:${STATES})(?:[\s.,;:!?)\]}]|$))`;
/** What is quoted, which a cut may have left open, or one word, also in brackets; `Bearer x` are two. */
const QUOTED = String.raw`(?<quote>\\{0,3}["'])(?:(?!\k<quote>)(?:\\[\s\S]|[\s\S])){1,5000}`;
const BRACKETED = String.raw`\[["']?(?!hidden\])${ANY}[^\s"'[\]]{1,2000}["']?(?:\]|$)|\{["']?${ANY}[^"'{}\r\n]{1,2000}["']?(?:\}|$)`;
const VALUE = String.raw`(?:${QUOTED}|(?:(?:bearer|basic|digest|token|apikey) {1,3})?[^\s"'[{=&;][^\s"'&;)}\]]{0,2000}|${BRACKETED})`;
/** Between a name and its value. With spaces around, `==` compares; with a quote behind it, it tells all the same. */
const SETS = String.raw`\s{0,3}(?:=>|:=|:|=(?!>)|={2,3}(?=\S|\s{1,3}\\{0,3}["'])${ANY})\s{0,3}`;
const WITH_DIGIT = String.raw`(?=["'\\]|[^\s\d]{0,100}\d)`;
const SAYS = String.raw`\s{1,3}(?:is|was)(?:\s{1,3}now)?\s{1,3}`;
const USER = String.raw`(?<![\w-])(?:-u|--(?:proxy-)?user)[ =]{0,3}`;

const TOLD: readonly RegExp[] = [
  // password=x, api_key: x, token: x
  `(?<name>(?:${NAMED}|${TOKEN})${TEXT_FORM}${SETS})${VALUE}`,
  // pass=x; a pass may be one over the data, and numbered
  String.raw`(?<name>${SHORT}${TEXT_FORM}${SETS})(?!\d{1,3}(?!\w))${ANY}${VALUE}`,
  // "token": "x", "token"=>"x", [token] => x
  String.raw`(?<name>(?:${NAMED}|${SHORT}|token)${TEXT_FORM}(?:\\{0,3}["']\]?|\](?=\s{0,3}=>))${SETS})${VALUE}`,
  // <token>x</token>, of which a cut may have taken the end; `login <token>` is a place for one
  String.raw`(?<name>(?:${NAMED}|${SHORT}|token)${TEXT_FORM}(?<=(?<!\w)<[\w:.-]{1,100})(?:\s[^<>]{0,200})?>)(?<quote>)(?:\s{0,100}(?:<!\[CDATA\[)?[^\s<][^<]{0,5000}(?=<\/)|[^\s<]{1,5000}$)`,
  // passphrase is x
  `(?<name>(?:${PHRASE})${TEXT_FORM}${SAYS})${ANY}${VALUE}`,
  `(?<name>(?:${KEY}|token)${TEXT_FORM}${SAYS})${WITH_DIGIT}${VALUE}`,
  // A signed address of a store: whoever has it may read.
  String.raw`(?<name>[?&](?:sig|x-(?:amz|goog)-(?:signature|security-token))=)(?<quote>)[^\s"'&]{1,2000}`,
  // curl -u user:x; two numbers are a user and a group
  String.raw`(?<name>${USER}(?<open>\\{0,3}["'])[^\s:"']{1,100}:)(?<quote>)(?:(?!\k<open>)[\s\S]){1,2000}`,
  String.raw`(?<name>${USER}(?!\d{1,9}:\d)[^\s:"'\\]{1,100}:)(?<quote>)[^\s"'\\]{1,2000}`,
].map((pattern) => new RegExp(pattern, 'gi'));

/**
 * User and password of an address, which nobody has escaped: up to the last `@` before the path, or, where a `/` follows a
 * password that has begun and is no port, up to the first one behind it.
 */
const AUTHORITY = String.raw`[^\s/"']{1,300}@`;
const WITH_SLASH = String.raw`[^\s/"'@:[]{0,100}:(?!\d{1,5}\/)[^\s/"'@](?:(?!:\/\/)[^\s"'@]){1,300}@(?:[^\s/"'@]{1,100}@){0,3}`;
const ADDRESS = new RegExp(String.raw`([a-z][a-z0-9+.-]{1,20}:\/\/)(?:${AUTHORITY}|${WITH_SLASH})`, 'gi');

/** A text without the user and the password of the addresses in it, and without what a name beside it calls a secret. */
export function withoutCredentials(text: string): string {
  const addressed = text.replaceAll(ADDRESS, '$1[hidden]@');
  return TOLD.reduce((one, pattern) => one.replaceAll(pattern, '$<name>$<quote>[hidden]'), addressed);
}
