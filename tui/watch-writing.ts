/** What became of standard output. */
export interface Writing {
  /** True once it could not be written for another reason than a reader that went away: a full disk. */
  failed(): boolean;
}

/**
 * Keeps a command going when its output breaks. A reader that went away, like `head`, has seen what it wanted: the
 * command ends with the exit code that it would have had. Any other error means that the answer is lost.
 */
export function watchWriting(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Writing {
  let failed = false;
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    failed = true;
    stderr.write(`flowmend: the answer could not be written (${code}).\n`);
  });
  // stderr is gone too: there is nothing left to report to.
  stderr.on('error', () => {});
  return { failed: () => failed };
}
