import { CommanderError, Option, Command as Program } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import {
  type Action,
  actionList,
  asFailure,
  closeSoon,
  configurationNotices,
  Failure,
  findConfiguration,
  models,
  openSession,
  type Session,
  type Settings,
  type SubcommandId,
  sessionOfFlow,
  sessionUntil,
  settingsFrom,
  visible,
  withoutPasswords,
} from '../shared/index.ts';
import { ask } from './ask.ts';
import type { Command, CommandOption, Context, OptionValues } from './command.ts';
import { commands } from './commands/index.ts';
import { type ExitCode, exitCodeOfFailure, exitCodes } from './exit-code.ts';
import { openOutput } from './output.ts';
import { untilInterrupted } from './run/interrupt.ts';

const EXIT_CODES_HELP = `
Exit codes:
  0  healthy, or done        1  findings                  2  usage
  3  could not check: no connection or none left there, no rights, wrong schema, a later generation
     of the platform, a scan that ended early, a rule that cannot be asked, none left to ask; or it
     is not known whether a commit went through
  4  stale plan              5  refused or not verified   6  not resumed
  7  in part: of many flows some failed, were left for the next run of the plan, or could not be
     taken back; or an undo restored all but columns that a trigger sets

Environment:
  FLOWMEND_DATABASE_URL, else DATABASE_URL, else PG*      the database
  FLOWMEND_READ_URL                                       a replica that the fleet is read from
  FLOWMEND_API_URL, FLOWMEND_API_TOKEN                    the platform's API
  FLOWMEND_SCHEMA                                         where the tables are, if not found
  FLOWMEND_KIND                                           the kind of flow, as --kind
  FLOWMEND_CONFIG                                         the configuration, if not ./flowmend.yaml
  FLOWMEND_CONNECTION                                     a connection of it, as --connection
  FLOWMEND_PRODUCTION=<name>                              writes ask for this name and a reason
  FLOWMEND_READ_ONLY=1                                    as --read-only
  FLOWMEND_LOCK_TIMEOUT_MS, FLOWMEND_STATEMENT_TIMEOUT_MS bounds of a repair's waits
  FLOWMEND_JOURNAL_FILE                                   where the database may not hold the journal`;

/** A given flow is found whatever its kind; a scan and the dashboard show one kind. */
const KIND_OPTION = [
  '--kind <kind>',
  `${models.map((model) => model.kind).join(' or ')} flows (default: ${models[0]?.kind}, or what the given flow is)`,
] as const;

/** Runs one command line and returns its exit code. Never throws. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const wantsDocument = asksForJson(args);
  let exitCode: number = exitCodes.done;
  const program = programOf(
    async (work, options, answering) => {
      const json = options.json === true || options.format === 'json';
      exitCode = await inContext(work, json, options, answering);
    },
    wantsDocument ? silent : errorLine,
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return argumentError(thrown, wantsDocument);
    return report(asFailure(thrown), wantsDocument);
  }
}

/** For arguments that are not understood: they ask for JSON all the same. */
function asksForJson(args: readonly string[]): boolean {
  return args.some(
    (arg, index) =>
      /^(--json|--format=json|-f=?json)$/.test(arg) ||
      (arg === 'json' && ['-f', '--format'].includes(args[index - 1] ?? '')),
  );
}

function argumentError({ exitCode, message }: CommanderError, json: boolean): ExitCode {
  if (exitCode === 0) return exitCodes.done;
  const next = 'See `flowmend --help`.';
  if (json) return report(new Failure('usage', inOneLine(message.replace(/^error: /, '')), { next }), json);
  errorLine(`  ${next}`, (line) => process.stderr.write(line));
  return exitCodes.usage;
}

/** An error of the arguments in one line; with JSON asked for, a document says it instead. */
const errorLine = (text: string, write: (text: string) => void) =>
  write(visible(withoutPasswords(inOneLine(text)), 400).concat('\n'));
/** "Did you mean" stands on a line of its own. */
const inOneLine = (text: string) => text.trimEnd().replace(/\n(?=\(Did)/, ' ');
const silent = () => {};

type Work = (context: Context) => Promise<number>;
/** What of a subcommand matters to how its answer and its failures are given. */
type Answering = Pick<Command, 'saysNotices'> & Pick<Action, 'writes'>;
type Run = (work: Work, options: OptionValues, answering: Answering) => Promise<void>;

function programOf(run: Run, outputError: typeof errorLine): Program {
  const program = new Program('flowmend')
    .description(
      'Finds out why a flow is stuck, mends its state safely and resumes it.\nWithout a command: the dashboard.',
    )
    .version(packageJson.version)
    .option('--connection <name>', 'a connection of flowmend.yaml, instead of the one in the environment')
    .option('--read-only', 'forbid every write, to the database and to the platform')
    .option('--write', 'the dashboard may write without being unlocked first')
    .addHelpText('after', EXIT_CODES_HELP)
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(true)
    .exitOverride()
    .configureOutput({ outputError })
    .option(...KIND_OPTION)
    // A misspelt command is no argument of the dashboard.
    .allowExcessArguments()
    .action((options: OptionValues, { args: [typed] }: Program) => {
      if (typed !== undefined) program.error(`error: unknown command '${typed}'`);
      const answering = { saysNotices: true, writes: 'nothing' } as const;
      return run((context) => dashboard(context, options.write === true), options, answering);
    });
  for (const action of actionList.filter(({ within }) => within === undefined)) {
    const command = commands[action.id as SubcommandId];
    const writes = action.writes === 'nothing' ? '' : ` (writes to the ${action.writes}; asks first)`;
    const sub = program.command(action.id).description(`${action.title}${writes}`);
    sub.allowExcessArguments(false);
    if (command.argument) sub.argument(command.argument, command.argumentAbout);
    for (const option of command.options) sub.addOption(commanderOption(option));
    sub.option('--json', 'print JSON');
    sub.action((...given: unknown[]) => {
      const options: OptionValues = (given.at(-1) as Program).optsWithGlobals();
      if (options.write === true) program.error(`error: --write is for the dashboard, not for '${action.id}'`);
      const all = command.argument ? [given[0]].flat().map(String) : [];
      const answering = { ...command, writes: action.writes };
      return run((context) => command.run(context, all[0] ?? '', options, all), options, answering);
    });
  }
  return program;
}

function commanderOption({ flags, about, repeatable }: CommandOption): Option {
  const option = new Option(flags, about);
  return repeatable ? option.argParser((value, all: string[] = []) => [...all, value]) : option;
}

async function dashboard({ interactive, settings, connect }: Context, write: boolean): Promise<number> {
  if (!interactive) {
    throw new Failure('usage', 'The dashboard needs a terminal.', {
      next: 'Use `flowmend scan`, or see `flowmend --help`.',
    });
  }
  const { database } = await settings();
  const { openDashboard } = await import('./dashboard/open-dashboard.tsx');
  return openDashboard({ database: database.readLabel, open: connect, write, kind: 'connection' });
}

/** Which connection a command line means, and how far it may go. */
interface ConnectionOptions {
  readonly connection: string | undefined;
  readonly kind: string | undefined;
  readonly readOnly: boolean;
}

function connectionOptions({ connection, kind, readOnly }: OptionValues): ConnectionOptions {
  const text = (value: OptionValues[string]) => (typeof value === 'string' ? value : undefined);
  return { connection: text(connection), kind: text(kind), readOnly: readOnly === true };
}

async function inContext(
  work: Work,
  json: boolean,
  options: OptionValues,
  { saysNotices, writes }: Answering,
): Promise<number> {
  const output = openOutput({ json, stdout: process.stdout, stderr: process.stderr });
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  let opening: Promise<Session> | undefined;
  let meant: Settings | undefined;
  const interrupt = untilInterrupted(writes);
  const settingsOnce = async () => {
    meant ??= await settingsOfRun(connectionOptions(options));
    return meant;
  };
  const openNoticed = async () => {
    const settings = await settingsOnce();
    const notices = saysNotices ? [] : configurationNotices(settings.configuration);
    for (const notice of notices) output.error(visible(notice, 600));
    return openSession(settings, interrupt.signal);
  };
  try {
    return await work({
      output,
      interactive,
      settings: settingsOnce,
      signal: interrupt.signal,
      async connect(signal) {
        opening = openSession(await settingsOnce(), signal);
        return opening;
      },
      async session(flow) {
        opening ??= openNoticed();
        const session = sessionUntil(await opening, interrupt.signal);
        return flow === undefined ? session : sessionOfFlow(session, flow);
      },
      progress(text) {
        // One line of standard error, written over by the next: cut, since what wraps would stay. The answer on
        // standard output stays clean.
        const { isTTY, columns } = process.stderr;
        if (isTTY && !json) process.stderr.write(`\r\u001b[K${text.slice(0, columns - 1)}\r`);
      },
      async confirm(question) {
        if (!interactive || json) {
          throw new Failure('usage', 'This writes, and without a terminal nobody can be asked.', {
            next: 'Add --yes to go ahead.',
          });
        }
        return /^y(es)?$/i.test((await ask(`${question} [y/N] `, interrupt.signal)).trim());
      },
      async ask(question, signal = interrupt.signal) {
        if (!interactive || json) throw new Failure('usage', 'Without a terminal nobody can be asked.');
        return ask(question, signal);
      },
    });
  } catch (thrown) {
    return report(asFailure(thrown), json, writes);
  } finally {
    // One that is still being opened ends what it has the server do as well.
    await closeSoon({ close: async () => (await opening?.catch(() => undefined))?.close() });
    interrupt.close();
  }
}

async function settingsOfRun({ connection, kind, readOnly }: ConnectionOptions): Promise<Settings> {
  for (const [option, typed] of Object.entries({ connection, kind })) {
    // An empty one may be a variable that is not set: nobody knows then which database was meant.
    if (typed === '') throw new Failure('usage', `--${option} takes a name, and none is given.`);
  }
  const configuration = await findConfiguration(process.env, process.cwd());
  const environment = {
    ...process.env,
    ...(kind === undefined ? {} : { FLOWMEND_KIND: kind }),
    ...(readOnly ? { FLOWMEND_READ_ONLY: '1' } : {}),
  };
  return settingsFrom(environment, {
    configuration,
    connection: connection ?? (process.env.FLOWMEND_CONNECTION || undefined),
  });
}

function report({ code, message: words, next }: Failure, json: boolean, writes?: Action['writes']): ExitCode {
  const message = withoutPasswords(words);
  const output = openOutput({ json, stdout: process.stdout, stderr: process.stderr });
  output.document('failure', { schemaVersion: 1, error: { code, message, next } });
  if (!json) {
    output.error(`flowmend: ${visible(message, 600)}`);
    if (next) output.error(`  ${visible(next, 600)}`);
  }
  return exitCodeOfFailure(code, writes);
}
