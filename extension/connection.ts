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
  settingsFrom,
} from '../shared/index.ts';
import { type AccessMark, environmentOf, readMark } from './access-mark.ts';
import { workspaceConfiguration } from './workspace-configuration.ts';

const DATABASE_URL = 'flowmend.databaseUrl';
const API_TOKEN = 'flowmend.apiToken';
const ACCESS = 'flowmend.access';

/** What a person sets by Set Connection. */
interface Kept {
  readonly databaseUrl: string | undefined;
  readonly apiToken: string | undefined;
  readonly mark: AccessMark;
}

/**
 * The one connection of this window: the demo while it is open, else what the person set, else the environment.
 * Password-bearing strings live in the editor's secret storage and nowhere else.
 */
export class Connection implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #changed = new vscode.EventEmitter<void>();
  #opening: Promise<Session> | undefined;
  #demo: Demo | undefined;

  readonly onDidChange = this.#changed.event;
  readonly #opened = new vscode.EventEmitter<Session>();
  readonly onDidOpen = this.#opened.event;
  readonly #left = new vscode.EventEmitter<void>();
  /** The session is no longer the one of this window; the next one is opened when it is needed. */
  readonly onDidLeave = this.#left.event;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /**
   * The open session; connects on first use and again after a failure. Given a flow, by its id or a prefix of it, the
   * session is for its kind of flow.
   */
  async session(flow?: string): Promise<Session> {
    this.#opening ??= this.#open().then(
      (session) => {
        this.#opened.fire(session);
        return session;
      },
      (thrown: unknown) => {
        this.#opening = undefined;
        throw thrown;
      },
    );
    const session = await this.#opening;
    return flow === undefined ? session : sessionOfFlow(session, flow);
  }

  async useDemo(): Promise<void> {
    const demo = this.#demo ?? (await openDemo());
    await this.#reset();
    this.#demo = demo;
    this.#changed.fire();
  }

  /** Keeps what a person set. What is left out stays as it is. */
  async store({ databaseUrl, apiToken, mark }: Kept): Promise<void> {
    const url = databaseUrl ?? (await this.#secrets.get(DATABASE_URL));
    // Cut off in the middle, a connection must not be left with the mark of another one.
    await this.#secrets.delete(DATABASE_URL);
    await this.#secrets.store(ACCESS, JSON.stringify(mark));
    if (apiToken) await this.#secrets.store(API_TOKEN, apiToken);
    if (url) await this.#secrets.store(DATABASE_URL, url);
    await this.#leave();
  }

  /** How the stored connection is marked; undefined where none is stored. */
  async markStored(): Promise<AccessMark | undefined> {
    if ((await this.#secrets.get(DATABASE_URL)) === undefined) return undefined;
    return readMark(await this.#secrets.get(ACCESS));
  }

  async clear(): Promise<void> {
    for (const key of [DATABASE_URL, API_TOKEN, ACCESS]) await this.#secrets.delete(key);
    await this.#leave();
  }

  /** Connects anew at the next use, with the settings as they are then. The demo has its own and stays. */
  async reopen(): Promise<void> {
    if (this.#demo) return;
    await this.#reset();
    this.#changed.fire();
  }

  async dispose(): Promise<void> {
    await this.#leave();
    this.#changed.dispose();
    this.#opened.dispose();
    this.#left.dispose();
  }

  async #leave(): Promise<void> {
    await this.#reset();
    const demo = this.#demo;
    this.#demo = undefined;
    await demo?.close();
    this.#changed.fire();
  }

  async #reset(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#left.fire();
    await opening?.then(closeSoon).catch(() => {});
  }

  async #open(): Promise<Session> {
    if (this.#demo) return openSession(settingsFrom({ ...this.#demo.environment }));
    try {
      return await openSession(await this.#settings());
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'not-configured') throw thrown;
      throw new Failure('not-configured', 'No database is configured.', {
        next: 'Run "Flowmend: Set Connection", or "Flowmend: Open the demo".',
      });
    }
  }

  async #settings(): Promise<Settings> {
    const configuration = await workspaceConfiguration();
    const stored = await this.#secrets.get(DATABASE_URL);
    // What the person set in this window comes first. A connection of the workspace's file never gets to see the secrets.
    const connection = stored ? undefined : process.env.FLOWMEND_CONNECTION || undefined;
    const environment = connection ? process.env : await this.#environment(stored);
    return settingsFrom(environment, { ...(configuration && { configuration }), connection });
  }

  async #environmentOf(stored: string): Promise<Record<string, string | undefined>> {
    const mark = readMark(await this.#secrets.get(ACCESS));
    // A replica of another database is not one of the stored connection.
    return { FLOWMEND_DATABASE_URL: stored, FLOWMEND_READ_URL: undefined, ...environmentOf(mark, process.env) };
  }

  async #environment(stored: string | undefined): Promise<Record<string, string | undefined>> {
    const token = await this.#secrets.get(API_TOKEN);
    // Machine scope: a workspace cannot send the token to a host of its choice.
    const apiUrl = vscode.workspace.getConfiguration('flowmend').get<string>('apiUrl');
    return {
      ...process.env,
      ...(stored ? await this.#environmentOf(stored) : {}),
      ...(token ? { FLOWMEND_API_TOKEN: token } : {}),
      ...(apiUrl ? { FLOWMEND_API_URL: apiUrl } : {}),
    };
  }
}
