import type { Secret } from '../secrets/secret.ts';

/** How to reach the platform's API. */
export interface ApiSettings {
  readonly url: string;
  readonly token: Secret | undefined;
  readonly timeoutMs: number;
}
