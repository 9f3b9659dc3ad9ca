import { setTimeout as sleep } from 'node:timers/promises';

/** Until the stop has taken effect; it lasts until the shell continues the program. Where no shell can, nothing is stopped. */
const TAKES_EFFECT_MS = 100;

/** Stops the program and all that the shell started with it, as the terminal's own Ctrl-Z does. */
export async function stopped(): Promise<void> {
  process.kill(0, 'SIGTSTP');
  await sleep(TAKES_EFFECT_MS);
}
