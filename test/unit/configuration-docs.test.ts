import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configurationSchema, PAGE, SCHEMA_FILE, withColumnTable } from '../../scripts/configuration-docs.ts';
import { parseConfiguration } from '../../shared/settings/find-configuration.ts';

test('the schema and the table of columns are those of today', async () => {
  expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(configurationSchema());
  const page = await readFile(PAGE, 'utf8');
  expect(withColumnTable(page)).toBe(page);
});

test('the example of the page is a configuration, and shows every key', async () => {
  const page = await readFile(PAGE, 'utf8');
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
  const configuration = await parseConfiguration(example, 'flowmend.yaml');
  expect(Object.keys(configuration.rules).length).toBeGreaterThan(0);
  const { properties } = JSON.parse(configurationSchema());
  for (const key of Object.keys(properties)) expect(example).toContain(`\n${key}:`);
});
