import { readCatalog } from './database/catalog.ts';
import { openReader, openWriter } from './database/connect.ts';
import type { StreamReader, Writer } from './database/reader.ts';
import { type Install, ruleSet } from './diagnose/rule-set.ts';
import { rules } from './diagnose/rules/index.ts';
import { Failure } from './failure.ts';
import type { FlowModel } from './flow/model.ts';
import { modelOf } from './flow/models.ts';
import { openPlatformApi, type PlatformApi } from './resume/platform-api.ts';
import type { Settings } from './settings/settings.ts';

/** An open connection to one install, for one kind of flow: what every action works with. */
export interface Session extends Install {
  readonly settings: Settings;
  readonly reader: StreamReader;
  /** Undefined in a read-only session: nothing that it is handed to can write. */
  readonly writer: Writer | undefined;
  /** Undefined where no API is configured, or the session is read-only: resuming is not possible. */
  readonly api: PlatformApi | undefined;
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
    next: 'Start without --read-only and FLOWMEND_READ_ONLY where writing is meant.',
  });
}

export function isWritable(session: Session): session is WriteSession {
  return session.writer !== undefined;
}

/**
 * Connects and reads the live catalog, for the kind of flow that the settings name, else for discovery flows.
 * @throws Failure: the connection's; `usage` for an unknown kind; `wrong-schema` / `no-rights` with the names
 */
export async function openSession(settings: Settings): Promise<Session> {
  const { readOnly } = settings.database;
  const model = modelOf(settings.kind);
  const reader = openReader(settings.database);
  try {
    return {
      settings,
      reader,
      ...(await installOf(reader, settings, model)),
      writer: readOnly ? undefined : openWriter(settings.database),
      api: settings.api && !readOnly ? openPlatformApi(settings.api) : undefined,
      close: () => reader.close(),
    };
  } catch (thrown) {
    await reader.close();
    throw thrown;
  }
}

/** The same connection for another kind of flow. */
export async function sessionFor(session: Session, model: FlowModel): Promise<Session> {
  return { ...session, ...(await installOf(session.reader, session.settings, model)) };
}

async function installOf(reader: StreamReader, { database }: Settings, model: FlowModel): Promise<Install> {
  const catalog = await readCatalog(reader, model, database.schema);
  return { model, catalog, rules: ruleSet(rules, model, catalog) };
}
