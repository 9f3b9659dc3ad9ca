import { connectionName, type Settings } from '../../settings/settings.ts';

/** What a person said before a write. */
export interface Consent {
  /** Why, for the journal. */
  readonly reason?: string | undefined;
  /** The name of the connection, typed: what a write to production asks for. */
  readonly name?: string | undefined;
  /** The system identifier of another server whose receipt is meant to be taken back here: this one is a copy of it. */
  readonly server?: string | undefined;
}

/** Why nothing may be written yet, by what was said; undefined where it may. */
export function objectionTo(settings: Settings, consent: Consent): string | undefined {
  const named = nameObjection(settings, consent);
  if (named !== undefined || !settings.production) return named;
  return consent.reason?.trim()
    ? undefined
    : `${connectionName(settings)} is production: a reason is needed for the journal`;
}

/** The same for what is not journalled. */
export function nameObjection(settings: Settings, consent: Consent): string | undefined {
  const name = connectionName(settings);
  if (!settings.production || consent.name === name) return undefined;
  return consent.name === undefined
    ? `${name} is production: its name has to be typed`
    : `${name} is production, and "${consent.name}" is not its name`;
}
