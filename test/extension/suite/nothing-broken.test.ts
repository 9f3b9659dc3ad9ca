import assert from 'node:assert/strict';
import pg from 'pg';
import * as vscode from 'vscode';
import { fleet } from '../../../shared/demo/fleet.ts';
import { insertFlows } from '../../../shared/demo/flow-rows.ts';
import { installSchema, olderInstall } from '../../../shared/demo/install-schema.ts';
import { connectEnvironment, forgetConnection, query, rowsOfTree, setConnection } from './workbench.ts';

const NAME = 'nothing_broken';

/** The rows of the tree after a scan: label and icon. */
async function rowsAfterScan(): Promise<unknown[]> {
  await vscode.commands.executeCommand('flowmend.scan');
  const rows = await rowsOfTree();
  return rows.map(({ label, iconPath }) => [label, (iconPath as vscode.ThemeIcon).id]);
}

describe('a database without a broken flow', () => {
  const url = new URL(process.env.FLOWMEND_DATABASE_URL ?? '');
  url.pathname = `/${NAME}`;
  const client = new pg.Client({ connectionString: url.href });

  before(async () => {
    await query(`create database ${NAME}`);
    await client.connect();
    await client.query(installSchema(olderInstall));
    const run = (text: string, parameters?: unknown[]) => client.query(text, parameters);
    await insertFlows(run, olderInstall.schema, fleet(olderInstall, new Date()));
    await setConnection(url.href, 'Read-only');
  });

  after(async () => {
    await forgetConnection();
    await connectEnvironment();
    await client.end();
    await query(`drop database ${NAME} with (force)`);
  });

  it('says of how many flows none is broken', async () => {
    const broken = (await rowsOfTree()).map(({ id }) => id);
    const { rowCount } = await client.query('delete from migration.discovery_flows where flow_id = any($1)', [broken]);
    assert.equal(rowCount, broken.length);
    await client.query('delete from migration.crewai_flow_state_extensions where flow_id = any($1)', [broken]);
    assert.deepEqual(await rowsAfterScan(), [['0 of 20 flows are not well', 'pass']]);
  });

  it('says that there are no flows, which is not the same', async () => {
    await client.query('delete from migration.discovery_flows');
    await client.query('delete from migration.crewai_flow_state_extensions');
    assert.deepEqual(await rowsAfterScan(), [['No flows in this database', 'info']]);
  });
});
