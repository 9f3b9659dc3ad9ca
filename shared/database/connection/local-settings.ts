import { type ServerSettings, startupOptions } from '../driver/startup-options.ts';
import { ON_THE_WAY } from '../driver/unmapped-character.ts';
import { literal } from '../sql/identifier.ts';
import type { DatabaseSettings } from './database-settings.ts';

/**
 * Values are compared and journalled as text, so every transaction prints them the same way. The search path holds
 * nothing of the install's: a function or operator planted in a schema cannot be reached by our statements.
 */
const SAME_TEXT_EVERYWHERE: ServerSettings = {
  // How the driver writes and reads all text, whatever came with the connection.
  client_encoding: ON_THE_WAY,
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: 1,
  standard_conforming_strings: 'on',
  quote_all_identifiers: 'off',
  // Named last, temporary tables and types of whoever used the connection before are found last.
  search_path: 'pg_catalog, pg_temp',
};

/** What came with the connection counts where Flowmend says nothing itself. */
function givenSettings({ url }: DatabaseSettings): ServerSettings {
  const given = url && new URL(url.reveal()).searchParams;
  return {
    application_name: given?.get('application_name') ?? 'flowmend',
    ...startupOptions(given?.get('options') ?? process.env.PGOPTIONS ?? ''),
  };
}

/** Compiling the judgement of one flow (jit) would take a hundred times as long as judging it. */
export function readingSettings(database: DatabaseSettings): ServerSettings {
  return {
    ...givenSettings(database),
    ...SAME_TEXT_EVERYWHERE,
    statement_timeout: database.statementTimeoutMs,
    jit: 'off',
  };
}

/** Rows are found by their keys, and statements are many and short: no table is to be read as a whole. */
export function writingSettings(database: DatabaseSettings): ServerSettings {
  return { ...readingSettings(database), lock_timeout: database.lockTimeoutMs, random_page_cost: 1.1 };
}

/**
 * One statement that sets all of them until the transaction ends. Behind a pooler the next transaction on this connection
 * of the server is a stranger's, who must find it as it was.
 */
export function setLocally(settings: ServerSettings): string {
  const each = Object.entries(settings).map(
    ([name, value]) => `pg_catalog.set_config(${literal(name).sql}, ${literal(String(value)).sql}, true)`,
  );
  return `select ${each.join(', ')}`;
}
