import * as vscode from 'vscode';
import { asFailure } from '../../shared/index.ts';
import { notificationText } from './place-text.ts';

/** How far long work is, in a notification that can be cancelled. */
export interface LongWork {
  readonly signal: AbortSignal;
  /** @throws AbortError once the person cancelled, so that what reports its progress ends there */
  report(done: number, all: number, words: string): void;
  /** Says how it stands, where nobody knows how much there is to do. */
  say(words: string): void;
}

/**
 * Runs work that a person may wait for, with its progress in a notification.
 * @returns undefined where they cancelled it and the work ended by that
 */
export async function longWork<T>(title: string, work: (work: LongWork) => Promise<T>): Promise<T | undefined> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Flowmend: ${notificationText(title)}`,
      cancellable: true,
    },
    async (progress, cancelled) => {
      const abort = new AbortController();
      const { signal } = abort;
      cancelled.onCancellationRequested(() => abort.abort());
      let shown = 0;
      const report = (done: number, all: number, words: string) => {
        signal.throwIfAborted();
        progress.report({ message: notificationText(words), increment: (100 * (done - shown)) / Math.max(1, all) });
        shown = done;
      };
      try {
        const say = (words: string) => progress.report({ message: notificationText(words) });
        return await work({ signal, report, say });
      } catch (thrown) {
        // Anything else that went wrong after the cancelling is told.
        if (signal.aborted && (thrown === signal.reason || asFailure(thrown).code === 'cancelled')) return undefined;
        throw thrown;
      }
    },
  );
}
