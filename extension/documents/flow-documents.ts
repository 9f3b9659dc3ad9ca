import * as vscode from 'vscode';
import { type Diagnosed, diagnose, Failure } from '../../shared/index.ts';
import type { Connection } from '../connection/connection.ts';
import { diagnosticOf } from '../diagnostic.ts';
import { failureText } from '../say/failure-text.ts';
import type { FlowAddress } from './flow-address.ts';
import { currentPage, elsewherePage, hereWords, type LastRead, stalePage } from './flow-page.ts';
import { FLOW_SCHEME, flowAddressOf, flowUri } from './flow-uri.ts';
import { layoutOf } from './layout.ts';

/** A text and what is wrong on it. */
interface Page {
  readonly text: string;
  readonly diagnostics: readonly vscode.Diagnostic[];
}

/** Lines of the head before the text of the layout. */
const HEAD_LINES = 1;

/**
 * Read-only documents of flows. Each carries its findings as diagnostics, so that they stand in the Problems panel, for as long as it
 * shows what is.
 */
export class FlowDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('flowmend');
  /** By address, of the documents that are open. */
  readonly #last = new Map<string, LastRead>();
  readonly #stale = new Set<string>();
  /** Pages that VS Code has not put into the editor yet. */
  readonly #coming = new Map<string, Page>();
  readonly #registration: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(FLOW_SCHEME, this),
      vscode.workspace.onDidOpenTextDocument((document) => this.#place(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#place(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const address = flowAddressOf(uri);
    if (address === undefined) return 'This is not the address of a flow.';
    const page = await this.#read(uri, address);
    // What was found before is no longer known to be true.
    if (page.diagnostics.length === 0) this.#diagnostics.delete(uri);
    this.#coming.set(uri.toString(), page);
    // Of a text that stays as it is no event tells.
    setTimeout(() => this.#placeOpen(uri));
    return page.text;
  }

  async diagnosed(flow: string): Promise<Diagnosed> {
    return diagnose(await this.#connection.session(flow), flow);
  }

  /** Opens the document of a flow, read anew. */
  async show(flowId: string): Promise<void> {
    const { settings } = await this.#connection.session();
    this.refresh(flowId);
    const document = await vscode.workspace.openTextDocument(flowUri(settings.database.label, flowId));
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** Reads the open documents of a flow anew. */
  refresh(flowId: string): void {
    this.#refreshWhere((uri) => flowAddressOf(uri)?.flowId === flowId);
  }

  /** Reads every open flow anew. */
  refreshAll(): void {
    this.#refreshWhere(() => true);
  }

  /** After the database answered: reads anew what could not be read before. */
  refreshStale(): void {
    this.#refreshWhere((uri) => this.#stale.has(uri.toString()));
  }

  /**
   * The flow of a document that a person works in; undefined for documents that are no flow's.
   * @throws Failure `usage` for a flow of another database than this window works on
   */
  async flowHere(uri: vscode.Uri): Promise<string | undefined> {
    const address = flowAddressOf(uri);
    if (address === undefined) return undefined;
    const here = await this.#connection.database();
    const database = this.#databaseOf(uri, address);
    if (database === undefined || database === here) return address.flowId;
    throw new Failure('usage', `This document is of ${database}; ${hereWords(here)}. Nothing was done.`, {
      next: 'Open the flow from the view "Flows".',
    });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#diagnostics.dispose();
    this.#changed.dispose();
  }

  async #read(uri: vscode.Uri, address: FlowAddress): Promise<Page> {
    const key = uri.toString();
    const last = this.#last.get(key);
    try {
      const here = await this.#connection.database();
      const database = this.#databaseOf(uri, address);
      if (database !== undefined && database !== here) {
        this.#stale.delete(key);
        return withoutFindings(elsewherePage(address.flowId, database, here, last));
      }
      const { diagnosis } = await this.diagnosed(address.flowId);
      // The connection may have been changed meanwhile.
      if (database !== undefined && database !== diagnosis.database) return await this.#read(uri, address);
      const { text, marks } = layoutOf(diagnosis);
      const read = { database: diagnosis.database, checkedAt: diagnosis.checkedAt, text };
      this.#last.set(key, read);
      this.#stale.delete(key);
      const moved = marks.map((mark) => ({ ...mark, line: mark.line + HEAD_LINES }));
      return { text: currentPage(read), diagnostics: moved.map(diagnosticOf) };
    } catch (thrown) {
      this.#stale.add(key);
      if (last !== undefined) return withoutFindings(stalePage(last, thrown));
      return withoutFindings(`Could not check flow ${address.flowId}.\n\n${failureText(thrown)}`);
    }
  }

  /** The database that a document is of: as its address says, else the one that it was read from first. */
  #databaseOf(uri: vscode.Uri, { database }: FlowAddress): string | undefined {
    return database ?? this.#last.get(uri.toString())?.database;
  }

  #refreshWhere(meant: (uri: vscode.Uri) => boolean): void {
    for (const { uri } of vscode.workspace.textDocuments) if (flowAddressOf(uri) && meant(uri)) this.#changed.fire(uri);
  }

  #placeOpen(uri: vscode.Uri): void {
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    if (document) this.#place(document);
  }

  /** Sets the diagnostics of a page once its text is in the editor: before, VS Code would move them with the change of the text. */
  #place(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const page = this.#coming.get(key);
    if (page === undefined || document.getText() !== page.text) return;
    this.#coming.delete(key);
    this.#diagnostics.set(document.uri, page.diagnostics);
  }

  #forget({ uri, isClosed }: vscode.TextDocument): void {
    // One that only got another language is not closed.
    if (!isClosed || flowAddressOf(uri) === undefined) return;
    this.#last.delete(uri.toString());
    this.#stale.delete(uri.toString());
    this.#coming.delete(uri.toString());
    this.#diagnostics.delete(uri);
  }
}

function withoutFindings(text: string): Page {
  return { text, diagnostics: [] };
}
