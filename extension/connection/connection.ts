import * as vscode from 'vscode';
import {
  closeSoon,
  type Demo,
  Failure,
  openDemo,
  openSession,
  type Session,
  type Settings,
  sessionOfFlow,
} from '../../shared/index.ts';
import { demoSettings, environmentDatabase, keptSettings } from './connection-settings.ts';
import { forgetKept, type KeptConnection, keep, readKept } from './kept-connection.ts';
import { workspaceConfiguration } from './workspace-configuration.ts';

/** The database that this window works on, or could. */
export type Destination =
  | { readonly kind: 'demo' | 'kept' | 'environment'; readonly settings: Settings }
  /** The environment names it, and nobody said in this window that it is meant. */
  | { readonly kind: 'offered'; readonly settings: Settings; readonly namedBy: string }
  | { readonly kind: 'none' };

/**
 * The one connection of this window: the demo while it is open, else what the person set, else what the environment names,
 * once they said that it is meant. Password-bearing strings live in the editor's secret storage and nowhere else.
 */
export class Connection implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #changed = new vscode.EventEmitter<void>();
  #destination: Promise<Destination> | undefined;
  #opening: Promise<Session> | undefined;
  #demo: Demo | undefined;
  /** The database of the environment that is meant, by its label: the file that names it can come to name another one. */
  #meant: string | undefined;
  #label = '';

  readonly onDidChange = this.#changed.event;
  readonly #opened = new vscode.EventEmitter<Session>();
  readonly onDidOpen = this.#opened.event;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /** What the last database that was opened is called. */
  get label(): string {
    return this.#label;
  }

  /** Connects to nothing. It stays until the connection is changed, or could not be opened. */
  async destination(): Promise<Destination> {
    this.#destination ??= this.#decide();
    const deciding = this.#destination;
    try {
      return await deciding;
    } catch (thrown) {
      if (this.#destination === deciding) this.#destination = undefined;
      throw thrown;
    }
  }

  /** The label of the database that this window works on; undefined where it works on none. */
  async database(): Promise<string | undefined> {
    const destination = await this.destination();
    return destination.kind === 'none' || destination.kind === 'offered'
      ? undefined
      : destination.settings.database.label;
  }

  /**
   * The open session; connects on first use and again after a failure. Given a flow, by its id or a prefix of it, the
   * session is for its kind of flow.
   */
  async session(flow?: string): Promise<Session> {
    if (this.#opening === undefined) {
      const opening = this.#open();
      this.#opening = opening;
      const stillMeant = () => this.#opening === opening;
      opening.then(
        (session) => {
          if (!stillMeant()) return;
          this.#label = session.settings.database.label;
          this.#opened.fire(session);
        },
        () => {
          if (!stillMeant()) return;
          this.#opening = undefined;
          this.#destination = undefined;
        },
      );
    }
    const session = await this.#opening;
    return flow === undefined ? session : sessionOfFlow(session, flow);
  }

  async useDemo(): Promise<void> {
    const demo = this.#demo ?? (await openDemo());
    await this.#reset();
    this.#demo = demo;
    this.#changed.fire();
  }

  /** Back to what this window was connected to before. */
  async leaveDemo(): Promise<void> {
    await this.#reset();
    const demo = this.#demo;
    this.#demo = undefined;
    await demo?.close();
    this.#changed.fire();
  }

  /** Works on the database that the environment names, as long as it names this one. */
  async connectEnvironment(label: string): Promise<void> {
    this.#meant = label;
    await this.reopen();
  }

  /** @throws Failure `settings-invalid` where what is kept cannot be read */
  async kept(): Promise<KeptConnection | undefined> {
    return readKept(this.#secrets);
  }

  /** Keeps what a person set, in the place of what was kept, and works on it. */
  async keep(connection: KeptConnection): Promise<void> {
    await keep(this.#secrets, connection);
    this.#meant = undefined;
    await this.leaveDemo();
  }

  /** Forgets what is kept. Nothing takes its place unasked. */
  async forget(): Promise<void> {
    await forgetKept(this.#secrets);
    this.#meant = undefined;
    await this.reopen();
  }

  /** Connects anew at the next use, with the settings as they are then. The demo has its own and stays. */
  async reopen(): Promise<void> {
    if (this.#demo) return;
    await this.#reset();
    this.#changed.fire();
  }

  async dispose(): Promise<void> {
    await this.leaveDemo();
    this.#changed.dispose();
    this.#opened.dispose();
  }

  async #reset(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#destination = undefined;
    await opening?.then(closeSoon).catch(() => {});
  }

  async #open(): Promise<Session> {
    const destination = await this.destination();
    if (destination.kind === 'none') {
      throw new Failure('not-configured', 'No database is configured.', {
        next: 'Run "Flowmend: Set Connection", or "Flowmend: Open the demo".',
      });
    }
    const { kind, settings } = destination;
    if (kind === 'offered') {
      throw new Failure('not-configured', `No database is connected; ${namingWords(destination)}.`, {
        next: 'Where it is meant, run "Flowmend: Connect to the Database of the Environment".',
      });
    }
    return openSession(settings);
  }

  async #decide(): Promise<Destination> {
    if (this.#demo) return { kind: 'demo', settings: demoSettings(this.#demo) };
    const configuration = await workspaceConfiguration();
    const kept = await this.kept();
    if (kept) return { kind: 'kept', settings: keptSettings(kept, process.env, configuration) };
    // Machine scope: a workspace cannot send the token to a host of its choice.
    const apiUrl = vscode.workspace.getConfiguration('flowmend').get<string>('apiUrl');
    const named = environmentDatabase(process.env, configuration, apiUrl);
    if (!named) return { kind: 'none' };
    const meant = named.settings.database.label === this.#meant;
    return meant ? { kind: 'environment', settings: named.settings } : { kind: 'offered', ...named };
  }
}

/** `DATABASE_URL of the environment names flows on db.example.com` */
export function namingWords({ namedBy, settings }: Extract<Destination, { kind: 'offered' }>): string {
  return `${namedBy} names ${settings.database.label}`;
}
