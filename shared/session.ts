import { readCatalog } from './database/catalog.ts';
import { openReader, openWriter } from './database/connect.ts';
import type { StreamReader, Writer } from './database/reader.ts';
import { type Install, ruleSet } from './diagnose/rule-set.ts';
import { rules } from './diagnose/rules/index.ts';
import { discovery } from './flow/discovery.ts';
import type { FlowModel } from './flow/model.ts';
import { openPlatformApi, type PlatformApi } from './resume/platform-api.ts';
import type { Settings } from './settings/settings.ts';

/** An open connection to one install: what every action works with. */
export interface Session extends Install {
  readonly settings: Settings;
  readonly reader: StreamReader;
  readonly writer: Writer;
  /** Undefined where no API is configured: resuming is not possible, everything else is. */
  readonly api: PlatformApi | undefined;
  close(): Promise<void>;
}

/**
 * Connects and reads the live catalog.
 * @throws Failure: the connection's, or `wrong-schema` / `no-rights` with the names
 */
export async function openSession(settings: Settings, model: FlowModel = discovery): Promise<Session> {
  const reader = openReader(settings.database);
  try {
    const catalog = await readCatalog(reader, model, settings.database.schema);
    return {
      settings,
      model,
      reader,
      catalog,
      rules: ruleSet(rules, model, catalog),
      writer: openWriter(settings.database),
      api: settings.api && openPlatformApi(settings.api),
      close: () => reader.close(),
    };
  } catch (thrown) {
    await reader.close();
    throw thrown;
  }
}
