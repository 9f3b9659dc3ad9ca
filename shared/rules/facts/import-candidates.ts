import { mappingsIn } from '../../flow/mappings.ts';
import type { FlowModel } from '../../flow/model.ts';
import { type FlowFacts, type ImportFacts, MAX_RAW_KEYS, MAX_RAW_LINKS } from './flow-facts.ts';
import { mappingsText } from './mappings-stored.ts';
import { withZone } from './stored-time.ts';

export interface CandidateEvidence {
  readonly speaks: 'for' | 'against';
  readonly text: string;
}

type Facts = Pick<FlowFacts, 'row' | 'mappings' | 'imports'>;

/** What speaks for and against an import being this flow's, the strongest first. */
export function evidenceOf(
  candidate: ImportFacts,
  facts: Pick<Facts, 'row' | 'mappings'>,
  model: FlowModel,
): CandidateEvidence[] {
  const { row } = facts;
  const evidence: CandidateEvidence[] = [];
  const add = (speaks: 'for' | 'against', text: string) => evidence.push({ speaks, text });
  if (candidate.named_by_key) add('for', "the child's data_import_id points to it");
  if (candidate.named_in_name) add('for', "named in the flow's name");
  if (candidate.named_in_persistence) add('for', "named in the master's persistence data");
  if (candidate.linked_by_other_key) add('for', "linked by the master's other key, which is no link");
  if (!isMeant(candidate)) add('against', 'the flow names it nowhere');
  if (row.import_pointed !== null && !candidate.named_by_key) {
    add('against', "the child's data_import_id points to another");
  }
  if (row.import_in_name !== null && !candidate.named_in_name) add('against', "the flow's name names another");
  if (row.import_in_persistence !== null && !candidate.named_in_persistence) {
    add('against', "the master's persistence data names another");
  }
  addTenant(candidate, add);
  if (candidate.link === null) add('for', 'linked to no flow');
  else if (!candidate.linked && !candidate.linked_by_other_key) add('against', `already linked to ${candidate.link}`);
  if (candidate.rivals > 0) add('against', `${candidate.rivals} other open flows name it too`);
  if (candidate.ended_owner !== null) {
    const { flow_id, status } = candidate.ended_owner;
    add('against', `belongs to flow ${flow_id}, which has ended (${status})`);
  }
  addKeys(candidate, facts, model, add);
  addTimes(candidate, facts, add);
  if (candidate.raw_records !== null && candidate.total_records !== null) {
    const same = candidate.raw_records === candidate.total_records;
    add(same ? 'for' : 'against', `${candidate.raw_records} raw records, ${candidate.total_records} counted`);
  }
  return evidence;
}

/** The same in one line. */
export function evidenceText(...asked: Parameters<typeof evidenceOf>): string {
  return evidenceOf(...asked)
    .map(({ speaks, text }) => `${speaks === 'for' ? '+' : '-'} ${text}`)
    .join('; ');
}

/** What a person is told of an import that may be chosen. */
export function optionText(candidate: ImportFacts, facts: Facts, model: FlowModel): string {
  const { name, total_records } = candidate;
  return `${name ?? 'without a name'}, ${total_records ?? '?'} records: ${evidenceText(candidate, facts, model)}`;
}

/**
 * The one import that may be linked without asking: the flow itself names it, or it is linked by the master's other key; no
 * other import is meant so; both belong to the same tenant, nothing else is linked to it, no other open flow names it, it is
 * no ended flow's and nothing else speaks against it. Nearness in time decides nothing: two imports in one hour are common.
 */
export function decisiveImport(facts: Facts, model: FlowModel): ImportFacts | undefined {
  return facts.imports.find((one) => whyNotDecisive(one, facts, model) === null);
}

/** What keeps an import from being linked without asking; null where nothing does. */
export function whyNotDecisive(candidate: ImportFacts, facts: Facts, model: FlowModel): string | null {
  if (!isMeant(candidate)) return 'the flow does not name it, and nearness in time decides nothing';
  if (facts.imports.some((one) => one !== candidate && isMeant(one))) return 'another import is meant too';
  if (candidate.link !== null && !candidate.linked_by_other_key) return 'it is linked already';
  if (!candidate.same_tenant) return 'it belongs to another client or engagement';
  if (candidate.rivals > 0) return 'other open flows name it too';
  const against = evidenceOf(candidate, facts, model).find(({ speaks }) => speaks === 'against');
  return against?.text ?? null;
}

/** A person may pick any import of the flow's tenant, down to its records, that is linked to no other flow. */
export function mayBeChosen(candidate: ImportFacts): boolean {
  const { link, linked, linked_by_other_key } = candidate;
  return isOfTenant(candidate) && (link === null || linked || linked_by_other_key);
}

/** It is seen to be of the flow's tenant, down to its records. */
export function isOfTenant(candidate: ImportFacts): boolean {
  const { same_tenant, tenant_unread } = candidate;
  return same_tenant && !tenant_unread && !hasForeignRecords(candidate) && !isRecordTenantUnread(candidate);
}

function isRecordTenantUnread({ raw_records, raw_other_tenant }: ImportFacts): boolean {
  return (raw_records ?? 0) > 0 && raw_other_tenant === null;
}

/** Linking them would show a client the data of another. */
function hasForeignRecords({ raw_other_tenant }: ImportFacts): boolean {
  return (raw_other_tenant ?? 0) > 0;
}

/**
 * The raw records of an import whose links a repair replaces: those that have none, or a key of the master, which of those that
 * are not right is the wrong one. None where they are too many to be named in a plan.
 */
export function linksToReplace(
  importId: string,
  { row, rawLinks }: Pick<FlowFacts, 'row' | 'rawLinks'>,
): FlowFacts['rawLinks'] {
  const own = rawLinks.filter((one) => one.importId === importId);
  const replaced = [null, row.link_key, row.link_other_key];
  return own.length > MAX_RAW_LINKS ? [] : own.filter(({ link }) => replaced.includes(link));
}

/** It is linked to the flow, or named by it anywhere. */
export function isOwn(candidate: ImportFacts): boolean {
  return candidate.linked || isNamed(candidate);
}

function isNamed(candidate: ImportFacts): boolean {
  return candidate.named_by_key || candidate.named_in_name || candidate.named_in_persistence;
}

/** The flow or the import itself says that they belong together. */
function isMeant(candidate: ImportFacts): boolean {
  return isNamed(candidate) || candidate.linked_by_other_key;
}

function addTenant(candidate: ImportFacts, add: Add): void {
  if (candidate.tenant_unread) add('against', 'its client and engagement may not be read');
  else if (candidate.same_tenant) add('for', 'same client and engagement');
  else add('against', 'another client or engagement');
  if (hasForeignRecords(candidate)) {
    add('against', `${candidate.raw_other_tenant} raw records of another client or engagement`);
  } else if (isRecordTenantUnread(candidate)) {
    add('against', 'the client and engagement of its raw records may not be read');
  }
}

type Add = (speaks: 'for' | 'against', text: string) => void;

function addKeys(candidate: ImportFacts, facts: Pick<Facts, 'row' | 'mappings'>, model: FlowModel, add: Add): void {
  const sources = Object.keys(mappingsIn(mappingsText(facts), model));
  if (candidate.raw_keys === null || sources.length === 0) return;
  const keys = new Set(candidate.raw_keys);
  const found = sources.filter((source) => keys.has(source)).length;
  const most = found * 2 >= sources.length;
  // Of a wide record not all keys were read: what is not among them may be there.
  if (!most && candidate.raw_keys.length >= MAX_RAW_KEYS) return;
  const where = found === sources.length ? 'in its data' : 'in the one of its raw records that was looked at';
  add(most ? 'for' : 'against', `${found} of ${sources.length} mapped fields are ${where}`);
}

function addTimes(candidate: ImportFacts, { row }: Pick<Facts, 'row'>, add: Add): void {
  if (candidate.created_at === null) return;
  const minutes = Math.abs(Date.parse(withZone(candidate.created_at)) - Date.parse(row.created_at)) / 60_000;
  if (Number.isNaN(minutes)) return;
  const text = `created ${Math.round(minutes)} min apart from the flow`;
  if (minutes <= 60) add('for', text);
  // An import may lie there for days before a flow is made from it: that it is meant says more.
  else if (!isMeant(candidate)) add('against', text);
}
