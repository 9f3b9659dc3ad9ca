import { setTimeout as sleep } from 'node:timers/promises';

/** How long a person who leaves waits for a server that hangs. */
const CLOSES_WITHIN_MS = 1_500;

/** Closes a session, but waits no longer than 1.5 s for a server that may never answer. */
export async function closeSoon(session: { close(): Promise<void> }): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  await Promise.race([session.close(), sleep(CLOSES_WITHIN_MS, undefined, { signal }).catch(() => {})]);
  controller.abort();
}
