import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { FlowModel } from '../shared/flow/model.ts';

/**
 * Writes the JSON Schema of a flow model, as one is written by hand, from its zod schema. Run it after changing the model:
 * `node scripts/flow-model-schema.ts`. A test fails when it was forgotten.
 */
export const SCHEMA_FILE = 'docs/flow-model.schema.json';

export function flowModelSchema(): string {
  const schema = z.toJSONSchema(FlowModel, { io: 'input' });
  return `${JSON.stringify({ title: 'Flow model of Flowmend', ...schema }, null, 2)}\n`;
}

if (import.meta.main) await writeFile(SCHEMA_FILE, flowModelSchema());
