import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { flowModelSchema, SCHEMA_FILE } from '../../scripts/flow-model-schema.ts';
import { FlowModel } from '../../shared/flow/model.ts';
import { models } from '../../shared/flow/models.ts';

/** The least that a kind of flow has to say. */
const least: z.input<typeof FlowModel> = {
  kind: 'tidy',
  schemas: ['public'],
  child: {
    table: 'tidy_flows',
    columns: {
      id: 'id',
      flowId: 'flow_id',
      client: 'client_id',
      engagement: 'engagement_id',
      status: 'status',
      phase: 'phase',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  master: { table: 'masters', columns: { id: 'id', flowId: 'flow_id', status: 'status' }, persistenceKeys: {} },
  phases: [{ name: 'sweep', title: 'sweep', flag: 'swept' }],
  progressDecimals: 0,
  statuses: { working: ['on'], waiting: [], ended: ['off'], wait: 'on', complete: 'off', failed: [], retired: [] },
  masterStatus: { convention: 'match', match: { on: ['on'], off: ['off'] }, lifecycle: {}, seen: [] },
};

test('the JSON Schema in docs is that of the model: node scripts/flow-model-schema.ts', async () => {
  expect(JSON.parse(await readFile(SCHEMA_FILE, 'utf8'))).toEqual(JSON.parse(flowModelSchema()));
});

test('the schema asks for what the model asks for, and no more', () => {
  const { required } = JSON.parse(flowModelSchema());
  expect([...required].sort()).toEqual(Object.keys(least).sort());
  expect(FlowModel.parse(least).import.table).toBe('(no data import)');
});

test('each kind is known by one word', () => {
  const kinds = models.map((model) => model.kind);
  expect(kinds).toEqual(['discovery', 'assessment']);
});

test.each<[what: string, change: object, message: string]>([
  ['a word that the model does not know', { phase: [] }, 'Unrecognized key'],
  ['a phase that nothing tells of', { phases: [{ name: 'sweep', title: 'sweep' }] }, 'either flag or completeWhen'],
  ['no phase at all', { phases: [] }, '>=1 items'],
  ['a name longer than PostgreSQL takes', { schemas: ['x'.repeat(64)] }, '<=63 characters'],
])('refused: %s', (_, change, message) => {
  const parsed = FlowModel.safeParse({ ...least, ...change });
  expect(parsed.error?.issues[0]?.message).toContain(message);
});
