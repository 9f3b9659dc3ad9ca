import { mappingKey, mappingsIn, targetOf } from '../../flow/mappings.ts';
import type { FlowModel } from '../../flow/model.ts';
import { counted } from '../../words/counted.ts';
import type { FlowFacts } from './flow-facts.ts';
import { mappingsText } from './mappings-stored.ts';

/** Named of them. */
const MAX_NAMED = 5;

/** `2 mappings that a person rejected stand in it: hostname, owner`: an approval would send them; undefined where none does. */
export function rejectedMappings(facts: FlowFacts, model: FlowModel): string | undefined {
  const { rows = [], rejected = [] } = facts.mappingRows ?? {};
  if (rejected.length === 0) return undefined;
  const refused = new Set(rejected.map(({ source, target }) => mappingKey(source, target)));
  // Suggested again, it is another person's to look at.
  for (const { source, target } of rows) refused.delete(mappingKey(source, target));
  const stored = Object.entries(mappingsIn(mappingsText(facts), model));
  const standing = stored.filter(([source, mapping]) => refused.has(mappingKey(source, targetOf(mapping, model))));
  if (standing.length === 0) return undefined;
  const names = standing.slice(0, MAX_NAMED).map(([source]) => source);
  const more = standing.length > names.length ? ', …' : '';
  return `${counted(standing.length, 'mapping')} that a person rejected ${standing.length === 1 ? 'stands' : 'stand'} in it: ${names.join(', ')}${more}`;
}
