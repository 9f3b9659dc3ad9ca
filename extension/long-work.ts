import * as vscode from 'vscode';
import { asFailure } from '../shared/index.ts';

/** How far long work is, in a notification that can be cancelled. */
export interface LongWork {
  readonly signal: AbortSignal;
  /** @throws AbortError once the person cancelled, so that what reports its progress ends there */
  far(done: number, all: number, words: string): void;
}

/**
 * Runs work that a person may wait for, with its progress in a notification.
 * @returns undefined where they cancelled it and the work ended by that
 */
export async function longWork<T>(title: string, work: (work: LongWork) => Promise<T>): Promise<T | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Flowmend: ${title}`, cancellable: true },
    async (progress, cancelled) => {
      const abort = new AbortController();
      const { signal } = abort;
      cancelled.onCancellationRequested(() => abort.abort());
      let shown = 0;
      const far = (done: number, all: number, words: string) => {
        signal.throwIfAborted();
        progress.report({ message: words, increment: (100 * (done - shown)) / Math.max(1, all) });
        shown = done;
      };
      try {
        return await work({ signal, far });
      } catch (thrown) {
        // Anything else that went wrong after the cancelling is told.
        if (signal.aborted && (thrown === signal.reason || asFailure(thrown).code === 'cancelled')) return undefined;
        throw thrown;
      }
    },
  );
}
