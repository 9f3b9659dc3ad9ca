import { styleText } from 'node:util';
import { type JsonDocument, jsonText, type Line, plain, type Tone } from '../shared/index.ts';

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

const STYLES: Record<Tone, Parameters<typeof styleText>[0] | null> = {
  plain: null,
  title: 'bold',
  dim: 'dim',
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  note: 'cyan',
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

/** Node decides from the stream and NO_COLOR whether a style is applied. */
function painted(lines: readonly Line[], stream: NodeJS.WriteStream): string {
  return lines
    .map((line) =>
      line
        .map(({ text, tone }) => {
          const style = STYLES[tone];
          return style === null ? text : styleText(style, text, { stream });
        })
        .join(''),
    )
    .join('\n');
}
