import { openPlatformApi, type PlatformApi } from './api/platform-api.ts';
import { readCatalog } from './database/catalog/catalog.ts';
import { closeSoon } from './database/connection/close-soon.ts';
import { latePrimary, writtenServer } from './database/connection/late-primary.ts';
import { openReader } from './database/connection/open-reader.ts';
import { openWriter } from './database/connection/open-writer.ts';
import type { Wait } from './database/connection/waits.ts';
import type { Reader, StreamReader, Writer } from './database/sql/reader.ts';
import { Failure } from './failure.ts';
import { type FlowModel, withConvention } from './flow/model.ts';
import { modelOf } from './flow/models.ts';
import { rules } from './rules/builtin/index.ts';
import { customRules } from './rules/custom/custom-rules.ts';
import { configuredRules } from './rules/judge/configured-rules.ts';
import { whyNotJudged } from './rules/judge/not-judged.ts';
import type { Install } from './rules/rule/rule-set.ts';
import { ruleSet } from './rules/rule/rule-set.ts';
import { configurationNotices } from './settings/configuration-notices.ts';
import type { Settings } from './settings/settings.ts';
import { ways } from './words/ways.ts';

/** An open connection to one install, for one kind of flow: what every action works with. */
export interface Session extends Install {
  readonly settings: Settings;
  /** Reads the fleet: of a replica, where one is configured, and then a little behind the primary. */
  readonly reader: StreamReader;
  /**
   * Reads what must be as it is now: one flow, before and after a repair or a resume, and the journal. The same as
   * `reader` where there is no replica.
   */
  readonly primary: Reader;
  /** Undefined in a read-only session: nothing that it is handed to can write. */
  readonly writer: Writer | undefined;
  /** Undefined where no API is configured, or the session is read-only: resuming is not possible. */
  readonly api: PlatformApi | undefined;
  /** What runs the longest on the server for it, where that is longer than so many milliseconds. */
  longestWait(overMs: number): Promise<Wait | undefined>;
  /** Ends on the server what still runs there, and closes every connection. */
  close(): Promise<void>;
}

/** A session that may write: what previews, applies and resumes. A read-only one is not of this type. */
export interface WriteSession extends Session {
  readonly writer: Writer;
}

/**
 * The session as one that may write.
 * @throws Failure `read-only`
 */
export function writable(session: Session): WriteSession {
  if (isWritable(session)) return session;
  throw new Failure('read-only', 'This session is read-only: it can neither write, nor try a repair out, nor resume.', {
    next: ways().allowWrites,
  });
}

export function isWritable(session: Session): session is WriteSession {
  return session.writer !== undefined;
}

/**
 * Connects, reads the live catalog for the kind of flow that the settings name, else for discovery flows, and has the
 * custom rules checked.
 * @throws Failure: the connection's; `usage` for an unknown kind; `wrong-schema` / `no-rights` with the names;
 * `settings-invalid` for a custom rule
 */
export async function openSession(settings: Settings, signal?: AbortSignal): Promise<Session> {
  const { database, api, readOnly } = settings;
  const primary = openReader(database);
  const reader = database.readUrl ? openReader({ ...database, url: database.readUrl }) : primary;
  const writer = readOnly ? undefined : openWriter(database);
  const sides = [...new Set([primary, reader]), ...(writer ? [writer] : [])];
  let closed: Promise<unknown> | undefined;
  const close = async () => {
    closed ??= Promise.all(sides.map((side) => side.close()));
    await closed;
  };
  try {
    const opened = await installOf(
      signal ? { reader: readerUntil(reader, signal), primary: readerUntil(primary, signal) } : { reader, primary },
      settings,
      modelOf(settings.kind),
    );
    const session = {
      settings,
      reader,
      primary,
      writer,
      api: api && !readOnly ? openPlatformApi(api) : undefined,
      async longestWait(overMs: number) {
        const waits = await Promise.all(sides.map((side) => side.longestWait(overMs)));
        return waits.flatMap((wait) => wait ?? []).sort((a, b) => a.since - b.since)[0];
      },
      close,
    };
    return withInstall(session, opened);
  } catch (thrown) {
    await closeSoon({ close });
    throw thrown;
  }
}

/** The same connection for another kind of flow. */
export async function sessionFor<S extends Session>(session: S, model: FlowModel): Promise<S> {
  return withInstall(session, await installOf(session, session.settings, model));
}

/**
 * The same session for work that somebody may turn away from: when the signal aborts, what it has the server do is ended
 * there, and fails as `cancelled`.
 */
export function sessionUntil<S extends Session>(session: S, signal: AbortSignal): S {
  const { reader, primary, writer } = session;
  const until = readerUntil(reader, signal);
  return {
    ...session,
    reader: until,
    primary: primary === reader ? until : { read: (statement, own) => primary.read(statement, either(own, signal)) },
    writer: writer && writerUntil(writer, signal),
  };
}

function readerUntil(reader: StreamReader, signal: AbortSignal): StreamReader {
  return {
    ...reader,
    read: (statement, own) => reader.read(statement, either(own, signal)),
    stream: (statement, own) => reader.stream(statement, either(own, signal)),
  };
}

function either(own: AbortSignal | undefined, signal: AbortSignal): AbortSignal {
  return own ? AbortSignal.any([own, signal]) : signal;
}

function writerUntil(writer: Writer, signal: AbortSignal): Writer {
  return {
    transaction: (work, own) => writer.transaction(work, either(own, signal)),
    trial: (work, own) => writer.trial(work, either(own, signal)),
    onOneConnection: (work) => writer.onOneConnection((one) => work(writerUntil(one, signal))),
  };
}

async function installOf(
  { reader, primary }: Pick<Session, 'reader' | 'primary'>,
  settings: Settings,
  kind: FlowModel,
): Promise<Opened> {
  const { database, configuration } = settings;
  const model = withConvention(kind, configuration.master);
  const [read, written] = await Promise.all([
    readCatalog(reader, model, database.schema),
    database.readUrl === undefined ? {} : writtenServer(primary).catch(() => undefined),
  ]);
  const isPrimaryLate = written === undefined;
  const catalog = { ...read, ...written, notices: [...configurationNotices(configuration), ...read.notices] };
  // Rules of July 2025 say nothing about another generation; nor do those of the configuration, which rest on the same columns.
  if (whyNotJudged({ catalog }) !== undefined) {
    return { install: { model, catalog, rules: { asked: [], notAsked: [] } }, isPrimaryLate };
  }
  const ofOwn = await customRules(configuration, { reader, model, catalog });
  const asked = ruleSet([...configuredRules(rules, configuration.rules), ...ofOwn], model, catalog);
  return { install: { model, catalog, rules: asked }, isPrimaryLate };
}

interface Opened {
  readonly install: Install;
  /** There is a replica, and its primary did not answer: the fleet can be read without it. */
  readonly isPrimaryLate: boolean;
}

function withInstall<S extends Pick<Session, 'primary' | 'writer'>>(session: S, opened: Opened): S & Install {
  const whole = { ...session, ...opened.install };
  return opened.isPrimaryLate ? { ...whole, ...latePrimary(whole) } : whole;
}
