import type { Table } from '../../database/sql/table.ts';

/** Why no repair can write to a table, one sentence for each of its rules (CREATE RULE). */
export function updateRules({ name, update_rules }: Table): string[] {
  return update_rules.map((rule) => ruleOn(`the rule ${rule} (CREATE RULE) on UPDATE of ${name}`));
}

/** The same of a rule that was made after the catalog was read. */
export const NEW_RULE = ruleOn('a rule (CREATE RULE) on UPDATE of one of these tables');

function ruleOn(what: string): string {
  return `${what} acts on every write; PostgreSQL lets no repair through it`;
}
