import { createInterface } from 'node:readline/promises';
import { setImmediate } from 'node:timers/promises';

/**
 * The line that a person typed after the question was shown; empty where they turned away, by Ctrl-D, Ctrl-C or the signal.
 */
export async function ask(question: string, signal: AbortSignal): Promise<string> {
  if ((await forgetTyped()) || signal.aborted) return '';
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  const close = () => lines.close();
  signal.addEventListener('abort', close);
  try {
    return await Promise.race([lines.question(question), closed]);
  } finally {
    signal.removeEventListener('abort', close);
    lines.close();
  }
}

const CTRL_C = '\u0003';

/**
 * What was typed until now was typed to nothing, or to another question: the next turns of the event loop read it.
 * @returns whether Ctrl-C was among it
 */
async function forgetTyped(): Promise<boolean> {
  const { stdin } = process;
  let ends = false;
  const read = (keys: Buffer) => {
    ends ||= keys.includes(CTRL_C);
  };
  stdin.setRawMode(true).on('data', read).resume();
  await setImmediate();
  await setImmediate();
  stdin.off('data', read).setRawMode(false).pause();
  return ends;
}
