import { type JsonDocument, jsonText, type Line, plain, type Span, type Tone } from '../shared/index.ts';

/** Where a command writes. Standard output carries the answer and nothing else. */
export interface Output {
  readonly json: boolean;
  /** True once nobody reads any more, as behind `head`: a long answer may stop. */
  readonly unread: boolean;
  /** Columns of the terminal; undefined where the answer goes elsewhere. */
  readonly width: number | undefined;
  /** The answer for people; nothing with `--json`. */
  lines(lines: readonly Line[]): void;
  /** The answer for scripts; nothing without `--json`. */
  document: PrintDocument;
  /** A failure or a question: standard error. */
  error(text: string): void;
}

type PrintDocument = <K extends JsonDocument>(kind: K, value: Parameters<typeof jsonText<K>>[1]) => void;

/** How a terminal is told to begin and to end each tone: bold, dim, green, red, yellow, cyan. */
const STYLES: Record<Tone, readonly [begin: number, end: number] | null> = {
  plain: null,
  title: [1, 22],
  dim: [2, 22],
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  note: [36, 39],
};

export function openOutput(options: { json: boolean; stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }): Output {
  const { json, stdout, stderr } = options;
  return {
    json,
    get unread() {
      return stdout.errored !== null;
    },
    width: stdout.isTTY ? stdout.columns : undefined,
    lines(lines) {
      if (!json) stdout.write(`${stdout.isTTY ? painted(lines, stdout) : plain(lines)}\n`);
    },
    document(kind, value) {
      if (kind === 'scanned' || kind === 'nextPage') stdout.write(`${jsonText(kind, value, 0)}\n`);
      else if (json) stdout.write(`${jsonText(kind, value, kind === 'watch' ? 0 : 2)}\n`);
    },
    error(text) {
      stderr.write(`${text}\n`);
    },
  };
}

/** Node knows from TERM, NO_COLOR and their kind whether the terminal shows colours. */
function painted(lines: readonly Line[], stream: NodeJS.WriteStream): string {
  if (!stream.hasColors()) return plain(lines);
  return lines.map((line) => line.map(paintedSpan).join('')).join('\n');
}

function paintedSpan({ text, tone }: Span): string {
  const style = STYLES[tone];
  return style === null ? text : `\u001b[${style[0]}m${text}\u001b[${style[1]}m`;
}
