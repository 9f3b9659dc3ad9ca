import * as vscode from 'vscode';
import { type Diagnosed, diagnose } from '../../shared/index.ts';
import type { Connection } from '../connection.ts';
import { diagnosticOf } from '../diagnostic.ts';
import { failureText } from '../say/failure-text.ts';
import { FLOW_SCHEME, flowIdOf, flowUri } from './flow-uri.ts';
import { layoutOf } from './layout.ts';

/** Read-only documents of flows. Each carries its findings as diagnostics, so that they stand in the Problems panel. */
export class FlowDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('flowmend');
  readonly #registration: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(FLOW_SCHEME, this);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const flowId = flowIdOf(uri);
    if (flowId === undefined) return 'This is not the address of a flow.';
    try {
      const { diagnosis } = await this.diagnosed(flowId);
      const { text, marks } = layoutOf(diagnosis);
      this.#diagnostics.set(uri, marks.map(diagnosticOf));
      return text;
    } catch (thrown) {
      // What was found before is no longer known to be true.
      this.#diagnostics.delete(uri);
      return `Could not check flow ${flowId}.\n\n${failureText(thrown)}`;
    }
  }

  async diagnosed(flow: string): Promise<Diagnosed> {
    return diagnose(await this.#connection.session(flow), flow);
  }

  /** Opens the document of a flow, read anew. */
  async show(flowId: string): Promise<void> {
    const uri = flowUri(flowId);
    this.refresh(flowId);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  refresh(flowId: string): void {
    this.#changed.fire(flowUri(flowId));
  }

  /** Reads every open flow anew: after the connection changed. */
  refreshAll(): void {
    for (const { uri } of vscode.workspace.textDocuments) if (flowIdOf(uri)) this.#changed.fire(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#diagnostics.dispose();
    this.#changed.dispose();
  }
}
