import { Failure } from '../failure.ts';
import { ways } from '../words/ways.ts';
import type { ApiSettings } from './api-settings.ts';

/** What to do where a call may have arrived. */
export const WATCH_FIRST =
  'It is not known whether the platform acted on the call: watch the flow before you try again.';

/** An error of Node's network below the `fetch failed`. */
interface NetworkError {
  readonly code?: string;
  readonly syscall?: string;
  /** One error per address that was tried. */
  readonly errors?: readonly NetworkError[];
}

/** Names what broke on the way to the platform, and whether the call can have arrived there. */
export function networkFailure(thrown: unknown, { url, timeoutMs }: ApiSettings): Failure {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') {
    return new Failure('api-timeout', `The platform did not answer within ${timeoutMs / 1000} s.`, {
      next: WATCH_FIRST,
      cause: thrown,
    });
  }
  const error: NetworkError = (thrown instanceof Error && thrown.cause) || {};
  const code = error.code ? ` (${error.code})` : '';
  if (neverSent(error)) {
    return new Failure('api-unreachable', `The platform at ${url} cannot be reached${code}.`, {
      next: `Check ${ways().apiAddress} and that the platform is up. Nothing was resumed.`,
      cause: thrown,
    });
  }
  return new Failure('api-cut-off', `The connection to the platform at ${url} broke before it answered${code}.`, {
    next: WATCH_FIRST,
    cause: thrown,
  });
}

/** True where the name was not found, no connection came to be, or the server's certificate was refused. */
function neverSent({ code = '', syscall = '', errors = [] }: NetworkError): boolean {
  if (errors.length > 0) return errors.every(neverSent);
  return ['getaddrinfo', 'connect'].includes(syscall) || /^UND_ERR_CONNECT_TIMEOUT$|CERT|^UNABLE_TO_/.test(code);
}
