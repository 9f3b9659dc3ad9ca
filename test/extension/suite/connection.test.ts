import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import * as vscode from 'vscode';
import { STUCK_FLOW_ID } from '../../../shared/demo/stuck-flow.ts';
import {
  ask,
  connectEnvironment,
  flowUri,
  forgetConnection,
  query,
  setConnection,
  signs,
  until,
  written,
} from './workbench.ts';

/** A way to the database of the suite that can be cut off and mended. */
class Way {
  readonly #to = new URL(process.env.FLOWMEND_DATABASE_URL ?? '');
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    const url = new URL(this.#to);
    url.port = String(this.#port);
    return url.href;
  }

  get database(): string {
    return `${this.#to.pathname.slice(1)} on ${this.#to.hostname}:${this.#port}`;
  }

  async open(): Promise<void> {
    this.#server = createServer((near) => {
      const there = connect(Number(this.#to.port), this.#to.hostname);
      for (const socket of [near, there]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          near.destroy();
          there.destroy();
        });
      }
      near.pipe(there).pipe(near);
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}

describe('a connection that a person set', () => {
  const way = new Way();
  let uri: vscode.Uri;

  before(async () => {
    await way.open();
    await setConnection(way.url, 'Ask before each write');
    uri = flowUri(STUCK_FLOW_ID, way.database);
  });

  after(async () => {
    await forgetConnection();
    await connectEnvironment();
    way.close();
  });

  const underlined = (wanted: boolean) =>
    until(`underlined: ${wanted}`, async () => Number(await ask('squiggles')) > 0 === wanted);
  const findings = (wanted: number) =>
    until(`${wanted} findings`, () => vscode.languages.getDiagnostics(uri).length === wanted);

  it('stands in the status bar, above the flows and in the address of the document', async () => {
    await vscode.commands.executeCommand('flowmend.diagnose', STUCK_FLOW_ID);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
    await written(uri, new RegExp(`^${way.database} · as of .* UTC\\nFlow `));
    await findings(6);
    await underlined(true);
    await vscode.commands.executeCommand('flowmend.flows.focus');
    const screen = await signs(new RegExp(`Flowmend: ${way.database}`));
    assert.match(screen, new RegExp(`^${way.database} · \\d+ flows: .*$`, 'm'));
    await vscode.window.showTextDocument(uri);
  });

  it('without an API of its own: says so before it asks whether to resume', async () => {
    const [paused] = await query(
      `select flow_id::text from migration.discovery_flows
       where status = 'waiting_for_approval' and data_import_completed and not field_mapping_completed limit 1`,
    );
    const questions = await ask('questions');
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('flowmend.resume', String(paused?.flow_id));
    await signs(/No API of the platform is configured.*Flowmend: Set Connection/s);
    assert.equal(await ask('questions'), questions);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('that is away: its document keeps the last state, says since when and why, and marks nothing', async () => {
    await vscode.window.showTextDocument(uri);
    way.close();
    await vscode.commands.executeCommand('flowmend.scan');
    const text = await written(uri, /the database could not be asked since/);
    assert.match(text, new RegExp(`^${way.database} · as of .* UTC; the database.*\\nNo connection to the database`));
    assert.match(text, /Flowmend: Set Connection/);
    assert.match(text, /\n\nFlow 1e640262/);
    await findings(0);
    await underlined(false);
  });

  it('that is back: its document is current again, and what is wrong is underlined', async () => {
    await way.open();
    await vscode.commands.executeCommand('flowmend.scan');
    await written(uri, /^[^;]* UTC\nFlow /);
    await findings(6);
    await underlined(true);
  });

  it('is replaced by another: the document of the first says so, and keeps what it showed', async () => {
    // The address that SARIF has names no database: it stays with the one that it was first read from.
    const unnamed = vscode.Uri.parse(`flowmend:/${STUCK_FLOW_ID}.flow`);
    await written(unnamed, new RegExp(`^${way.database} · as of .* UTC\\nFlow `));
    await setConnection(process.env.FLOWMEND_DATABASE_URL ?? '', 'Read-only');
    await written(unnamed, new RegExp(`^${way.database} · as of .* not connected to it now`));
    const text = await written(uri, /not connected to it now/);
    assert.match(text, /\n\nFlow 1e640262/);
    await findings(0);
  });
});
