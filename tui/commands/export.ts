import { exportFlow, jsonText, notJudgedLines, span, visible, writeNewFile } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { wholeNumber } from '../plan/option-values.ts';

export const exportCommand: Command = {
  ...FLOW_ARGUMENT,
  saysNotices: true,
  options: [
    { flags: '-o, --output <file>', about: 'write a new file that only you can read, instead of printing it' },
    { flags: '--redact', about: 'replace personal data and raw values too; secrets are always hidden' },
    { flags: '--rows <count>', about: 'raw records to export (default 1000)' },
  ],
  async run({ output, session }, flow, options) {
    const rows = wholeNumber(options, 'rows', 100_000, 0);
    const document = await exportFlow(await session(flow), flow, {
      redact: options.redact === true,
      ...(rows === undefined ? {} : { rows }),
    });
    if (typeof options.output === 'string') {
      await writeNewFile(options.output, `${jsonText('export', document)}\n`);
      output.lines([
        ...notJudgedLines(document),
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
