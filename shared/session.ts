import { readCatalog } from './database/catalog.ts';
import { openReader, openWriter } from './database/connect.ts';
import type { Reader, StreamReader, Writer } from './database/reader.ts';
import { configuredRules } from './diagnose/configured-rules.ts';
import { customRules } from './diagnose/custom/custom-rules.ts';
import { type Install, ruleSet } from './diagnose/rule-set.ts';
import { rules } from './diagnose/rules/index.ts';
import { discovery } from './flow/discovery.ts';
import { type FlowModel, withConvention } from './flow/model.ts';
import { openPlatformApi, type PlatformApi } from './resume/platform-api.ts';
import type { Settings } from './settings/settings.ts';

/** An open connection to one install: what every action works with. */
export interface Session extends Install {
  readonly settings: Settings;
  /** Reads the fleet: of a replica, where one is configured, and then a little behind the primary. */
  readonly reader: StreamReader;
  /**
   * Reads what must be as it is now: one flow, before and after a repair or a resume, and the journal. The same as
   * `reader` where there is no replica.
   */
  readonly primary: Reader;
  readonly writer: Writer;
  /** Undefined where no API is configured: resuming is not possible, everything else is. */
  readonly api: PlatformApi | undefined;
  close(): Promise<void>;
}

/**
 * Connects, reads the live catalog and has the custom rules checked.
 * @throws Failure: the connection's, `wrong-schema` / `no-rights` with the names, `settings-invalid` for a custom rule
 */
export async function openSession(settings: Settings, kind: FlowModel = discovery): Promise<Session> {
  const { database, configuration, api } = settings;
  const model = withConvention(kind, configuration.master);
  const primary = openReader(database);
  const reader = database.readUrl ? openReader({ ...database, url: database.readUrl }) : primary;
  const close = async () => {
    await primary.close();
    if (reader !== primary) await reader.close();
  };
  try {
    const catalog = await readCatalog(reader, model, database.schema);
    const ofOwn = await customRules(configuration, { reader, model, catalog });
    return {
      settings,
      model,
      reader,
      primary,
      catalog,
      rules: ruleSet([...configuredRules(rules, configuration.rules), ...ofOwn], model, catalog),
      writer: openWriter(database),
      api: api && openPlatformApi(api),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
