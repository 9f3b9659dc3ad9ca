import { Failure, type Line, safeJson, span } from '../shared/index.ts';
import type { OptionValues } from './command.ts';
import type { Output } from './output.ts';

const FORMATS = ['text', 'json', 'markdown', 'sarif'] as const;
type Format = (typeof FORMATS)[number];

export const FORMAT_OPTION = { flags: '-f, --format <format>', about: `${FORMATS.join(', ')} (default text)` };

/** The same answer in each format; only the one asked for is made. */
export interface Formats {
  readonly text: () => readonly Line[];
  readonly markdown: () => string;
  readonly sarif: () => object;
  readonly json: () => void;
}

/**
 * The format that the options ask for; `--json` is short for `--format json`.
 * @throws Failure `usage`
 */
export function formatOf({ format, json }: OptionValues): Format {
  const asked = FORMATS.find((one) => one === (format ?? 'text'));
  if (asked === undefined) {
    throw new Failure('usage', `--format takes ${FORMATS.join(', ')}, not "${format}".`);
  }
  return json === true ? 'json' : asked;
}

const PRESENT: Record<Format, (output: Output, formats: Formats) => void> = {
  text: (output, { text }) => output.lines(text()),
  json: (_output, { json }) => json(),
  markdown: (output, { markdown }) => output.lines([[span(markdown().trimEnd())]]),
  sarif: (output, { sarif }) => output.lines([[span(safeJson(sarif()))]]),
};

export function present(output: Output, format: Format, formats: Formats): void {
  PRESENT[format](output, formats);
}
