import {
  asFailure,
  CONFIGURATION_FILE,
  type Configured,
  type Demo,
  environmentSource,
  type Settings,
  settingsFrom,
} from '../../shared/index.ts';
import { environmentOf } from './access-mark.ts';
import type { KeptConnection } from './kept-connection.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Stands in the label of the demo, and so wherever a database is named. */
const DEMO = 'DEMO';
const NOWHERE = environmentSource({});

export function demoSettings({ environment }: Demo): Settings {
  return settingsFrom({}, { source: { ...environmentSource(environment), label: DEMO } });
}

/**
 * The settings of a connection that a person set. Of the environment it takes no address and no token: those are of another
 * connection.
 * @throws Failure `settings-invalid`
 */
export function keptSettings(
  { databaseUrl, api, mark }: KeptConnection,
  environment: Environment,
  configuration: Configured | undefined,
): Settings {
  return settingsFrom(
    { ...environment, ...environmentOf(mark, environment) },
    {
      ...(configuration && { configuration }),
      source: {
        ...NOWHERE,
        schema: environment.FLOWMEND_SCHEMA || undefined,
        databaseUrl: { variable: 'The address of the database', value: databaseUrl },
        apiUrl: api && { variable: 'The address of the API', value: api.address },
        apiToken: api?.token === undefined ? undefined : { variable: 'The token of the API', value: api.token },
      },
    },
  );
}

/**
 * The database that the environment names and what of it does so; undefined where it names none.
 * @param apiUrl the address of its API, where the environment does not say it
 * @throws Failure `settings-invalid`, and for a connection by name all that can be wrong with it
 */
export function environmentDatabase(
  environment: Environment,
  configuration: Configured | undefined,
  apiUrl: string | undefined,
): { readonly settings: Settings; readonly namedBy: string } | undefined {
  const options = configuration && { configuration };
  const connection = environment.FLOWMEND_CONNECTION || undefined;
  if (connection !== undefined) {
    const settings = settingsFrom(environment, { ...options, connection });
    return { settings, namedBy: `Connection ${connection} of ${CONFIGURATION_FILE}` };
  }
  const own = environmentSource(environment);
  const setting = apiUrl ? { variable: 'The setting flowmend.apiUrl', value: apiUrl } : undefined;
  const source = { ...own, apiUrl: own.apiUrl ?? setting };
  try {
    const settings = settingsFrom(environment, { ...options, source });
    return { settings, namedBy: `${own.databaseUrl?.variable ?? 'PG*'} of the environment` };
  } catch (thrown) {
    if (asFailure(thrown).code === 'not-configured') return undefined;
    throw thrown;
  }
}
