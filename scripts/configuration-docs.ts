import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { isExpensive } from '../shared/rules/judge/judgement.ts';
import { documentedColumns } from '../shared/rules/relation/documented-columns.ts';
import type { FlowRow } from '../shared/rules/relation/flow-row.ts';
import { Configuration } from '../shared/settings/configuration.ts';
import { withPart } from './generated-part.ts';

/**
 * Writes what is generated of the documentation of flowmend.yaml: its JSON Schema, and the table of columns that custom
 * rules may name. Run it after changing either: `node scripts/configuration-docs.ts`. A test fails when it was forgotten.
 */
const BEGIN = '<!-- columns: made by scripts/configuration-docs.ts -->';
const END = '<!-- end of columns -->';
export const SCHEMA_FILE = 'docs/flowmend.schema.json';
export const PAGE = 'docs/configuration.md';

/** The JSON Schema of flowmend.yaml, for editors. */
export function configurationSchema(): string {
  const schema = z.toJSONSchema(Configuration, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'flowmend.yaml', ...schema }, null, 2)}\n`;
}

/** The page with its table of columns replaced by the one of today. */
export function withColumnTable(page: string): string {
  return withPart(page, BEGIN, END, columnTable());
}

function columnTable(): string {
  const rows = Object.entries(documentedColumns).map(([name, { type, about }]) => {
    const column = name as keyof FlowRow;
    return `| \`${name}\` | ${type} | ${about} | ${isExpensive(column) ? 'open' : 'all'} |`;
  });
  return ['| column | type | what it is | flows |', '|---|---|---|---|', ...rows].join('\n');
}

if (import.meta.main) {
  await writeFile(SCHEMA_FILE, configurationSchema());
  await writeFile(PAGE, withColumnTable(await readFile(PAGE, 'utf8')));
}
