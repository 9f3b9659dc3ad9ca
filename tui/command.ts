import type { Session, Settings } from '../shared/index.ts';
import type { ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** What a subcommand gets to work with. */
export interface Context {
  readonly output: Output;
  /**
   * Connects on first use; closed when the command ends. Given a flow, by its id or a prefix of it, the session is for its
   * kind of flow, unless a kind was asked for.
   */
  session(flow?: string): Promise<Session>;
  /** The same for who looks after Ctrl-C and the like: nothing but the signal ends it while it connects. */
  connect(signal: AbortSignal): Promise<Session>;
  /** Which connection is meant, without connecting. */
  settings(): Promise<Settings>;
  /** Aborted by Ctrl-C and the like: what the session has the server do is ended then. */
  readonly signal: AbortSignal;
  /**
   * Asks before something is written. Without a terminal nobody can answer: `--yes` must have been given.
   * @throws Failure `usage` without a terminal
   */
  confirm(question: string): Promise<boolean>;
  /**
   * Asks for a line of text; empty where the person turned away.
   * @param signal takes the question back; default: Ctrl-C and the like, where nobody else took them
   * @throws Failure `usage` without a terminal
   */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  /** Shows how far a long search is, where a person sits at a terminal. */
  progress(text: string): void;
  /** True where a person sits at a terminal, so that the dashboard can open. */
  readonly interactive: boolean;
}

export interface CommandOption {
  /** In the spelling of commander: `-o, --output <file>`. */
  readonly flags: string;
  readonly about: string;
  /** It may be given several times: its values come as a list. */
  readonly repeatable?: true;
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** One subcommand. Its name and description come from the action of the same id. */
export interface Command {
  /** In the spelling of commander: `<flow>`, `[flows...]`; empty for none. */
  readonly argument: string;
  readonly argumentAbout: string;
  readonly options: readonly CommandOption[];
  /** Its answer has a place of its own for what holds of the whole connection, such as rules that are off. */
  readonly saysNotices?: true;
  /** @param all every argument, where the command takes several; `argument` is the first, or empty */
  run(context: Context, argument: string, options: OptionValues, all: readonly string[]): Promise<ExitCode>;
}

export const FLOW_ARGUMENT = {
  argument: '<flow>',
  argumentAbout: 'id of the flow, or a prefix that only it has',
} as const;
export const YES_OPTION = { flags: '-y, --yes', about: 'write without asking' } as const;
export const REASON_OPTION = {
  flags: '--reason <text>',
  about: 'why, for the journal; production asks for it',
} as const;
export const CONFIRM_OPTION = {
  flags: '--confirm <name>',
  about: 'the name of a production connection, where nobody can type it',
} as const;
