import { readFile } from 'node:fs/promises';
import type { Install } from './install.ts';

/** The SQL of a section of docs/rights.md, as a person would copy it, with another role name. */
export async function documentedGrants(section: string, role: string, schema: string): Promise<string> {
  const text = await readFile('docs/rights.md', 'utf8');
  const part = text.split(/^## /m).find((one) => one.startsWith(section));
  const sql = part?.match(/```sql\n([\s\S]*?)```/)?.[1];
  if (!sql) throw new Error(`docs/rights.md has no SQL under "${section}"`);
  return sql.replaceAll('flowmend_reader', role).replaceAll('flowmend_mender', role).replaceAll('migration', schema);
}

/** Makes the role that a section of docs/rights.md describes and returns how to connect as it. */
export async function documentedRole(install: Install, section: string, role: string): Promise<string> {
  const url = new URL(install.url);
  const database = url.pathname.slice(1);
  const sql = (await documentedGrants(section, role, install.variant.schema)).replaceAll('platform', database);
  await install.query(sql);
  url.username = role;
  url.password = 'change me';
  return url.href;
}

/** The role that mends, which may not make the journal in the database. */
export function repairRole(install: Install, role: string): Promise<string> {
  return documentedRole(install, 'The role that mends', role);
}
