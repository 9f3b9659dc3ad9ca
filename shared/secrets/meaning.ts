import { namesThePersonOf, tellsOfField } from './sensitive.ts';

const VALUES_OF_COLUMN: ReadonlySet<string> = new Set(['before', 'after', 'found', 'expected', 'value']);

/**
 * Under which key a member belongs. Where a document says beside a value which column or field it is of, that name
 * decides; an error's text in a sentence of ours is still an error.
 */
export function meaningOf(name: string, owner: object): string {
  const [column, where] = [beside(owner, 'column'), beside(owner, 'where')];
  if (VALUES_OF_COLUMN.has(name) && typeof column === 'string') return column;
  const called = beside(owner, 'name') ?? beside(owner, 'key');
  if (name === 'value' && typeof called === 'string') return called;
  if (name === 'text' && typeof where === 'string') return where.split('.').at(-1) ?? name;
  if (name === 'message' && Object.hasOwn(owner, 'rule')) return 'finding';
  if (name === 'why' && beside(owner, 'state') === 'BLOCKED') return 'error';
  return name;
}

/** Keys of Flowmend's own JSON that look like raw data and are not; each is recognised by the key beside it. */
const NOT_RAW_DATA: ReadonlyMap<string, string> = new Map([
  ['records', 'notAsked'],
  ['rawData', 'notAsked'],
  ['rawRecords', 'mappingRows'],
  ['rows', 'lowest'],
]);

/** The same where people are sought: who is told under the key of a person is one, and a name of a field never is. */
export function meaningAmongPeople(name: string, owner: object, under: string): string {
  const sibling = NOT_RAW_DATA.get(name);
  if (sibling !== undefined && Object.hasOwn(owner, sibling)) return 'ours';
  if (tellsOfField(under, name, beside(owner, name))) return 'field';
  return namesThePersonOf(under, name) ? under : meaningOf(name, owner);
}

/** One look-up: an object may have a hundred thousand members, each of which asks. */
function beside(owner: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(owner, name)?.value;
}
