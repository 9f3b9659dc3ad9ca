import { Failure } from '../failure.ts';
import { quotedName } from '../secrets/plain-name.ts';
import type { Configured, ConnectionSettings } from './configuration.ts';

/** A value with the name of the variable that it came from: errors name the one and never the other. */
export interface Given {
  readonly variable: string;
  readonly value: string;
}

/** Where one connection leads, before anything of it is checked. */
export interface ConnectionSource {
  readonly name: string | undefined;
  readonly databaseUrl: Given | undefined;
  readonly readUrl: Given | undefined;
  readonly schema: string | undefined;
  readonly apiUrl: Given | undefined;
  readonly apiToken: Given | undefined;
  readonly label: string | undefined;
  readonly production: boolean;
  readonly readOnly: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The connection that the environment itself describes. */
export function environmentSource(environment: Environment): ConnectionSource {
  const given = (variable: string) => givenIn(environment, variable);
  return {
    name: undefined,
    databaseUrl: given('FLOWMEND_DATABASE_URL') ?? given('DATABASE_URL'),
    readUrl: given('FLOWMEND_READ_URL'),
    schema: environment.FLOWMEND_SCHEMA || undefined,
    apiUrl: given('FLOWMEND_API_URL'),
    apiToken: given('FLOWMEND_API_TOKEN'),
    label: undefined,
    production: false,
    readOnly: false,
  };
}

/**
 * A connection by its name in the configuration. It is all that counts then: an address or a token of another connection
 * in the environment is never mixed in.
 * @throws Failure `usage` for an unknown name; `not-configured` where a variable that it names is not set
 */
export function namedSource(name: string, { connections, placeOf }: Configured, environment: Environment) {
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined;
  if (!connection) {
    const names = Object.keys(connections);
    throw new Failure('usage', `There is no connection${quotedName(name)} in the configuration.`, {
      next: names.length > 0 ? `It has: ${names.join(', ')}` : 'flowmend.yaml lists connections under `connections:`.',
    });
  }
  const set = (key: 'urlFrom' | 'readUrlFrom' | 'apiTokenFrom') => {
    const variable = connection[key];
    const given = variable === undefined ? undefined : givenIn(environment, variable);
    if (variable === undefined || given) return given;
    // What stands there may be the secret itself, whatever it looks like.
    const place = placeOf(['connections', name, key]);
    throw new Failure('not-configured', `Connection ${name} takes its ${WHAT[key]} from a variable that is not set.`, {
      next: `${place} names it: set it, or name another one there, and never its value.`,
    });
  };
  return sourceOf(name, connection, set);
}

const WHAT = { urlFrom: 'database', readUrlFrom: 'replica', apiTokenFrom: 'token' } as const;

function sourceOf(
  name: string,
  { schema, apiUrl, label, production, readOnly }: ConnectionSettings,
  set: (key: keyof typeof WHAT) => Given | undefined,
): ConnectionSource {
  return {
    name,
    databaseUrl: set('urlFrom'),
    readUrl: set('readUrlFrom'),
    schema,
    apiUrl: apiUrl === undefined ? undefined : { variable: `connections.${name}.apiUrl`, value: apiUrl },
    apiToken: set('apiTokenFrom'),
    label,
    production,
    readOnly,
  };
}

/** An empty variable is no variable: shells and CI systems export those. */
function givenIn(environment: Environment, variable: string): Given | undefined {
  const value = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
  return value ? { variable, value } : undefined;
}
