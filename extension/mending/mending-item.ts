import * as vscode from 'vscode';
import { openSteering, type Steering } from '../../shared/index.ts';

const LOOKS: Readonly<Record<ReturnType<Steering['wish']>, { text: string; tooltip: string }>> = {
  'go on': {
    text: '$(debug-pause) Flowmend: pause mending',
    tooltip: 'Pauses after the running batch. Cancelling the progress rolls that batch back and ends the run.',
  },
  pause: {
    text: '$(debug-continue) Flowmend: paused, go on',
    tooltip: 'It is paused after the running batch. Goes on with the next one.',
  },
  stop: {
    text: '$(debug-stop) Flowmend: ends after this batch',
    tooltip: 'Nothing is written after the running batch.',
  },
};

/** A button in the status bar, and the command behind it, that pause a run of many flows and let it go on. */
export class MendingItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('flowmend.mending', vscode.StatusBarAlignment.Left);
  #steering: Steering | undefined;

  constructor() {
    this.#item.name = 'Flowmend run';
    this.#item.command = 'flowmend.pauseMending';
  }

  /** Steers a run from here on, until it ended. */
  async during<T>(run: (steering: Steering) => Promise<T>): Promise<T> {
    const steering = openSteering(() => this.#show(steering));
    this.#steering = steering;
    this.#show(steering);
    try {
      return await run(steering);
    } finally {
      this.#steering = undefined;
      this.#item.hide();
      this.#offer(false);
    }
  }

  /** Pauses the run, or lets it go on; nothing where none is under way. */
  pause(): void {
    this.#steering?.pause();
  }

  dispose(): void {
    this.#steering?.stop();
    this.#item.dispose();
  }

  #show(steering: Steering): void {
    const wish = steering.wish();
    const { text, tooltip } = LOOKS[wish];
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.backgroundColor =
      wish === 'go on' ? undefined : new vscode.ThemeColor('statusBarItem.warningBackground');
    this.#item.show();
    this.#offer(true);
  }

  #offer(mending: boolean): void {
    void vscode.commands.executeCommand('setContext', 'flowmend.mending', mending);
  }
}
