import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Failure, type Session, sessionUntil } from '../../shared/index.ts';
import { notificationText } from './place-text.ts';

/** Work that is over within this needs no notification. */
const SHORT_MS = 1_000;

/** How far long work is. */
export interface LongWork {
  readonly signal: AbortSignal;
  /** @throws Failure `cancelled` once the person cancelled, so that what reports its progress ends there */
  report(done: number, all: number, words: string): void;
  /** Says how it stands, where nobody knows how much there is to do. */
  say(words: string): void;
}

/**
 * Runs work that a person may wait for. Where it takes long, a notification says how far it is and can cancel it: what the
 * database does for it is then ended there, too.
 * @param work does all through the session that it is handed
 * @throws Failure `cancelled` where they cancelled it and the work ended by that
 */
export async function longWork<S extends Session, T>(
  title: string,
  session: S,
  work: (session: S, progress: LongWork) => Promise<T>,
): Promise<T> {
  const { shownBy, report, say } = progressBeforePlace();
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const working = work(sessionUntil(session, signal), {
    signal,
    say,
    report(done, all, words) {
      signal.throwIfAborted();
      report(done, all, words);
    },
  });
  const over = working.then(
    () => true,
    () => true,
  );
  if (!(await Promise.race([over, sleep(SHORT_MS)]))) {
    const { Notification: location } = vscode.ProgressLocation;
    const options = { location, title: `Flowmend: ${notificationText(title)}`, cancellable: true };
    await vscode.window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => cancelling.abort(new Failure('cancelled', 'You cancelled it.')));
      shownBy(progress);
      return over;
    });
  }
  return working;
}

type Progress = vscode.Progress<{ message?: string; increment?: number }>;

/** Progress that may be reported before there is a notification that shows it. */
function progressBeforePlace() {
  let place: Progress | undefined;
  let message: string | undefined;
  let percent = 0;
  const show = (increment: number) => place?.report({ ...(message === undefined ? {} : { message }), increment });
  return {
    shownBy(progress: Progress) {
      place = progress;
      show(percent);
    },
    say(words: string) {
      message = notificationText(words);
      show(0);
    },
    report(done: number, all: number, words: string) {
      const before = percent;
      percent = (100 * done) / Math.max(1, all);
      message = notificationText(words);
      show(percent - before);
    },
  };
}
