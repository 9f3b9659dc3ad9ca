import { Failure, locate, locationsText, progressBar } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT, type OptionValues } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const locateCommand: Command = {
  ...FLOW_ARGUMENT,
  options: [
    { flags: '--inside-json', about: 'look inside JSON columns too, a bounded number of rows of each table' },
    { flags: '--rows <count>', about: 'with --inside-json: that number (default 100000)' },
  ],
  async run({ output, session, progress }, flow, options) {
    if (options.rows !== undefined && options.insideJson !== true) {
      throw new Failure('usage', '--rows bounds what is read inside JSON; it goes with --inside-json.');
    }
    const locations = await locate(await session(flow), flow, {
      json: options.insideJson === true,
      ...(options.rows === undefined ? {} : { mostJsonRows: rowsOf(options.rows) }),
      onProgress: (done, all) => progress(`${progressBar(done, all)} ${done} of ${all} tables`),
    });
    progress('');
    output.lines(locationsText(locations));
    output.document('locate', locations);
    return exitCodes.done;
  },
};

/** @throws Failure `usage` */
function rowsOf(typed: OptionValues[string]): number {
  const rows = Number(typed);
  if (Number.isInteger(rows) && rows >= 1 && rows <= 1_000_000_000) return rows;
  throw new Failure('usage', `--rows takes a whole number from 1 to 1000000000, not "${typed}".`);
}
