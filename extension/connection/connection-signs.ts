import * as vscode from 'vscode';
import type { Settings } from '../../shared/index.ts';
import { failureText } from '../say/failure-text.ts';
import { labelText, treeText } from '../say/place-text.ts';
import { type Connection, type Destination, namingWords } from './connection.ts';

const TITLE = 'Flows';

interface Signs {
  readonly icon: string;
  /** What has to be known of the database before its name. */
  readonly words?: string;
  /** The database, or that there is none. */
  readonly label: string;
  readonly tooltip: string;
  readonly command: string;
  readonly colour?: 'error' | 'warning';
  /** What writes is not offered then, in menus nor in the palette. */
  readonly readOnly?: boolean;
  readonly demo?: boolean;
}

/** Says in the status bar and above the flows, at any time, which database this window works on. */
export class ConnectionSigns implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('flowmend.access', vscode.StatusBarAlignment.Left);
  readonly #connection: Connection;
  readonly #view: vscode.TreeView<unknown>;
  readonly #listening: vscode.Disposable;
  #turn = 0;
  #label = '';
  #counts = '';

  constructor(connection: Connection, view: vscode.TreeView<unknown>) {
    this.#connection = connection;
    this.#view = view;
    this.#item.name = 'Flowmend connection';
    const look = () => void this.#look();
    // The counts of one database are not left above the flows of another.
    const forget = connection.onDidChange(() => this.showCounts(''));
    this.#listening = vscode.Disposable.from(forget, connection.onDidChange(look), connection.onDidOpen(look));
    look();
  }

  /** How many flows the tree lists and leaves out, beside the database that they are of. */
  showCounts(counts: string): void {
    this.#counts = counts;
    this.#showMessage();
  }

  dispose(): void {
    this.#listening.dispose();
    this.#item.dispose();
  }

  async #look(): Promise<void> {
    const turn = ++this.#turn;
    const signs = await this.#connection.destination().then(signsOf, unreadable);
    // A connection that was left meanwhile says nothing about the next one.
    if (turn === this.#turn) this.#show(signs);
  }

  #show({ icon, words, label, tooltip, command, colour, readOnly = false, demo = false }: Signs): void {
    const said = words === undefined ? label : `${words} · ${label}`;
    this.#item.text = `$(${icon}) Flowmend: ${labelText(said)}`;
    this.#item.tooltip = treeText(tooltip);
    this.#item.command = command;
    this.#item.backgroundColor = colour && new vscode.ThemeColor(`statusBarItem.${colour}Background`);
    this.#item.show();
    // First the words: a narrow side bar cuts the rest off.
    this.#view.title = words === undefined ? TITLE : `${treeText(words)} · ${TITLE}`;
    this.#label = label;
    this.#showMessage();
    void vscode.commands.executeCommand('setContext', 'flowmend.readOnly', readOnly);
    void vscode.commands.executeCommand('setContext', 'flowmend.demo', demo);
  }

  /** Above the flows, where there is room for all of it. */
  #showMessage(): void {
    this.#view.message = treeText([this.#label, this.#counts].filter((words) => words !== '').join(' · '));
  }
}

const SET = 'flowmend.setConnection';
const NOT_CONNECTED = { icon: 'plug', label: 'not connected' };

function unreadable(thrown: unknown): Signs {
  return { ...NOT_CONNECTED, tooltip: failureText(thrown), command: SET, colour: 'warning' };
}

function signsOf(destination: Destination): Signs {
  switch (destination.kind) {
    case 'none':
      return { ...NOT_CONNECTED, tooltip: 'No database is configured. A click sets one.', command: SET };
    case 'offered':
      return {
        ...NOT_CONNECTED,
        tooltip: `${namingWords(destination)}. A click connects to it.`,
        command: 'flowmend.connectEnvironment',
      };
    case 'demo':
      return {
        icon: 'beaker',
        words: 'DEMO',
        label: destination.settings.database.label,
        tooltip: 'An embedded database with made-up flows. A click leaves the demo.',
        command: 'flowmend.leaveDemo',
        colour: 'warning',
        demo: true,
      };
    default:
      return signsOfDatabase(destination.settings);
  }
}

function signsOfDatabase({ production, readOnly, name, database: { label } }: Settings): Signs {
  const words = [
    ...(readOnly ? ['read-only'] : []),
    ...(production ? [name === undefined ? 'production' : `production ${name}`] : []),
  ].join(', ');
  const writes = production ? `Each write to ${label} asks for its name.` : `Works on ${label}.`;
  return {
    icon: readOnly ? 'lock' : production ? 'warning' : 'database',
    ...(words !== '' && { words }),
    label,
    tooltip: readOnly ? `Nothing is written to ${label} and nothing is sent.` : writes,
    command: SET,
    ...(production && { colour: 'error' }),
    readOnly,
  };
}
