import { Failure, type Line, safeJson, span } from '../shared/index.ts';
import type { OptionValues } from './command.ts';
import type { Output } from './output.ts';

type Format = 'text' | 'json' | 'markdown' | 'sarif' | 'diff';

const OF_FINDINGS: readonly Format[] = ['text', 'json', 'markdown', 'sarif'];
export const OF_PLANS: readonly Format[] = ['text', 'json', 'markdown'];
export const OF_PREVIEWS: readonly Format[] = ['text', 'json', 'markdown', 'diff'];

export const formatOption = (formats: readonly Format[]) => ({
  flags: '-f, --format <format>',
  about: `${formats.join(', ')} (default text)`,
});
export const FORMAT_OPTION = formatOption(OF_FINDINGS);

/** The same answer in each format that a command offers; only the one asked for is made. */
export interface Formats {
  readonly text: () => readonly Line[];
  readonly json: () => void;
  readonly markdown?: () => string;
  readonly sarif?: () => object;
  readonly diff?: () => readonly Line[];
}

/**
 * The format that the options ask for; `--json` is short for `--format json`.
 * @throws Failure `usage`
 */
export function formatOf({ format, json }: OptionValues, formats: readonly Format[] = OF_FINDINGS): Format {
  const asked = formats.find((one) => one === (format ?? 'text'));
  if (asked === undefined) {
    throw new Failure('usage', `--format takes ${formats.join(', ')}, not "${format}".`);
  }
  if (json === true && format !== undefined && asked !== 'json') {
    throw new Failure('usage', `--json prints JSON; it takes no --format ${asked}.`);
  }
  return json === true ? 'json' : asked;
}

const PRESENT: Record<Format, (output: Output, formats: Formats) => void> = {
  text: (output, { text }) => output.lines(text()),
  json: (_output, { json }) => json(),
  markdown: (output, { markdown }) => output.lines([[span(markdown?.().trimEnd() ?? '')]]),
  sarif: (output, { sarif }) => output.lines([[span(safeJson(sarif?.()))]]),
  diff: (output, { diff }) => output.lines(diff?.() ?? []),
};

export function present(output: Output, format: Format, formats: Formats): void {
  PRESENT[format](output, formats);
}
