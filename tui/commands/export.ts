import { exportFlow, Failure, jsonText, span, visible, writeNewFile } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT, type OptionValues } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const exportCommand: Command = {
  ...FLOW_ARGUMENT,
  options: [
    { flags: '-o, --output <file>', about: 'write a new file that only you can read, instead of printing it' },
    { flags: '--redact', about: 'replace personal data and raw values too; secrets are always hidden' },
    { flags: '--rows <count>', about: 'raw records to export (default 1000)' },
  ],
  async run({ output, session }, flow, options) {
    const rows = rowsOf(options);
    const document = await exportFlow(await session(flow), flow, { redact: options.redact === true, ...rows });
    if (typeof options.output === 'string') {
      await writeNewFile(options.output, `${jsonText('export', document)}\n`);
      output.lines([
        [
          span(`Saved ${visible(options.output)}`, 'good'),
          span(document.redacted ? ', redacted' : ', with personal data'),
        ],
        ...document.leftOut.map((what) => [span(`  left out: ${visible(what)}`, 'dim')]),
      ]);
    }
    if (output.json) output.document('export', document);
    else if (typeof options.output !== 'string') output.lines([[span(jsonText('export', document))]]);
    return exitCodes.done;
  },
};

function rowsOf({ rows }: OptionValues): { rows?: number } {
  if (rows === undefined) return {};
  const count = Number(rows);
  if (Number.isInteger(count) && count >= 0 && count <= 100_000) return { rows: count };
  throw new Failure('usage', `--rows takes a whole number from 0 to 100000, not "${rows}".`);
}
