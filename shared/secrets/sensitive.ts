/**
 * What counts as personal data or as raw values: by the name of a key or a column, and by what a text looks like. Every
 * pattern is bounded, so that none runs away on a text of a megabyte.
 */
import { withoutCredentials } from './secret-patterns.ts';
import { inSnakeCase } from './spelling.ts';

const PERSON =
  '(users?|persons?|people|contacts?|owners?|assignees?|approvers?|reviewers?|requesters?|requestors?|submitters?|creators?|authors?|employees?|stewards?|stakeholders?|sponsors?)';
const PERSON_KEY = new RegExp(
  [
    `(^|_)${PERSON}(_(id|ids|name|names|info|details))?$`,
    'username|_by$|^(first|last|full|contact|owner)_?name$|e_?mail|phone|^who$',
    '(^|_)(assigned|delegated|escalated|reports)_to$|(^|_)(line|project|account)_manager$|^managers?$',
    '(?<!(^|_)(ip|ipv4|ipv6|mac|network|server|host|bind|memory|hardware|web|url)_)(?<![a-z])address(es)?$',
    '(^|_)ssn$|social_security|passport|(^|_)(national|tax)_?id$|(^|_)iban$|(^|_)(credit_?)?card_?number$',
    '(^|_)(dob|birth_?da(y|te)|date_of_birth)$',
  ].join('|'),
);
/** Of what is said about a person under such a key: what names the person, or holds what does. */
const NAMING_KEY =
  /^((first|last|full|given|family|middle|sur|nick|display|legal|real)_?)?names?$|^(id|ids|uid|login|handle|label|first|last|surname|initials|profile|data|attributes)$/;
const FREE_TEXT_KEY = /(^|_)(errors?|messages?|notes?|reason|traceback|trace|stack|stacktrace|details?|exception)(_|$)/;
const RAW_VALUES_KEY =
  /^(raw|cleansed|original|sample)_?(data|values?|records?|rows?)?$|^samples$|^discovered_assets$|^crew_outputs$|^validation_errors$/;
const ROWS_KEY = /(^|_)(data|records|rows|items|entries|assets)$/;
const COUNTED_KEY = /(records|rows)$/;
const FIELDS_KEY = /(^|_)(mappings?|scores?|confidences?|counts?|types)$/;

export function namesPerson(key: string): boolean {
  return PERSON_KEY.test(inSnakeCase(key));
}

/** True for a member of what stands under the key of a person, where it tells who that is. Of an address every part does. */
export function namesThePersonOf(person: string, name: string): boolean {
  return namesPerson(person) && (/address(es)?$/.test(inSnakeCase(person)) || NAMING_KEY.test(inSnakeCase(name)));
}

export function holdsFreeText(key: string): boolean {
  return FREE_TEXT_KEY.test(inSnakeCase(key));
}

/** True where a value is raw data of the customer: by its key alone, or since it has rows. A number of records counts them. */
export function holdsRawValues(key: string, value: unknown): boolean {
  const name = inSnakeCase(key);
  if (typeof value === 'number' && COUNTED_KEY.test(name)) return false;
  return RAW_VALUES_KEY.test(name) || (ROWS_KEY.test(name) && hasRows(value));
}

/** True for what mappings, scores and the like say of a field: the name of another one or a number, whatever it is called. */
export function tellsOfField(under: string, field: string, value: unknown): boolean {
  const isTold = typeof value === 'number' || (typeof value === 'string' && /^[a-z][a-z0-9_]{0,80}$/.test(value));
  return isTold && FIELDS_KEY.test(inSnakeCase(under)) && !/_by$|user_?id$/.test(inSnakeCase(field));
}

function hasRows(value: unknown): boolean {
  return Array.isArray(value) && value.some((one) => one !== null && typeof one === 'object');
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
