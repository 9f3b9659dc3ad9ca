/** Aborts at the first Ctrl-C, so that a command can end what it began; the second ends the program as always. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
