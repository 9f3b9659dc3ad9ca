import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Record<string, string>;
  readonly folder?: string;
  /** The Node to run it with; default: this one. */
  readonly node?: string;
}

/** A program in a pseudo-terminal, with a screen that can be read. */
export interface Terminal {
  /** What a person sees now, row by row, without trailing blanks: never half a frame. */
  rows(): string[];
  screen(): string;
  /** Every byte the program wrote so far. */
  written(): string;
  /** True while the program shows its alternate screen. */
  alternate(): boolean;
  cursorShown(): boolean;
  press(...keys: string[]): void;
  resize(columns: number, rows: number): void;
  kill(signal: 'SIGTERM' | 'SIGHUP' | 'SIGINT'): void;
  /**
   * Waits until the screen shows this.
   * @throws Error with the screen, where it does not within the deadline
   */
  until(what: string | RegExp | ((screen: string) => boolean)): Promise<string>;
  readonly exited: Promise<number>;
  /** The screen as cells, for drawing it. */
  readonly emulator: InstanceType<typeof xterm.Terminal>;
  close(): void;
}

export const KEYS = {
  up: '\u001b[A',
  down: '\u001b[B',
  pageDown: '\u001b[6~',
  enter: '\r',
  escape: '\u001b',
  ctrlC: '\u0003',
} as const;

/** Generous: a slow machine is no failure. */
const DEADLINE_MS = 120_000;
const LOOK_EVERY_MS = 20;
/** Between these two a program draws a frame; a terminal shows what was there before until it is whole. */
const [FRAME_BEGINS, FRAME_ENDS] = ['\u001b[?2026h', '\u001b[?2026l'];

/** Runs the built `flowmend` in a pseudo-terminal, with no variables but the ones given. */
export function openTerminal(args: readonly string[], options: TerminalOptions = {}): Terminal {
  const { columns = 80, rows = 24, environment = {}, folder = process.cwd(), node = process.execPath } = options;
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const program = spawn(node, [`${process.cwd()}/dist/flowmend.js`, ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TERM: 'xterm-256color', ...environment },
  });
  let written = '';
  let shown: string[] = Array(rows).fill('');
  let closed = false;
  const show = () => {
    if (closed) return;
    const { active } = emulator.buffer;
    shown = Array.from(
      { length: emulator.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  };
  program.onData((data) => {
    if (closed) return;
    written += data;
    const whole = written.lastIndexOf(FRAME_BEGINS) <= written.lastIndexOf(FRAME_ENDS);
    emulator.write(data, () => {
      if (whole) show();
    });
  });
  // Answers of the terminal itself, to a program that asks it something.
  emulator.onData((data) => program.write(data));
  let running = true;
  const exited = new Promise<number>((resolve) => {
    program.onExit(({ exitCode }) => {
      running = false;
      // The emulator takes what was written in turns of its own.
      emulator.write('', () => {
        show();
        resolve(exitCode);
      });
    });
  });
  const screen = () => shown.join('\n');
  return {
    rows: () => shown,
    screen,
    written: () => written,
    alternate: () => emulator.buffer.active.type === 'alternate',
    cursorShown: () => written.lastIndexOf('\u001b[?25h') > written.lastIndexOf('\u001b[?25l'),
    press(...keys) {
      for (const key of keys) program.write(key);
    },
    kill: (signal) => program.kill(signal),
    resize(toColumns, toRows) {
      emulator.resize(toColumns, toRows);
      show();
      program.resize(toColumns, toRows);
    },
    async until(what) {
      const seen = (text: string) =>
        typeof what === 'string' ? text.includes(what) : what instanceof RegExp ? what.test(text) : what(text);
      for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; ) {
        const now = screen();
        if (seen(now)) return now;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
      throw new Error(`The screen never showed ${String(what)}. It shows:\n${screen()}`);
    },
    exited,
    emulator,
    close() {
      closed = true;
      if (running) program.kill('SIGKILL');
      emulator.dispose();
    },
  };
}
