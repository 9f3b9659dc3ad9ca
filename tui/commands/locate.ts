import { Failure, locate, locationsText, progressBar } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { wholeNumber } from '../plan/option-values.ts';

export const locateCommand: Command = {
  ...FLOW_ARGUMENT,
  saysNotices: true,
  options: [
    { flags: '--inside-json', about: 'look inside JSON columns too, a bounded number of rows of each table' },
    { flags: '--rows <count>', about: 'with --inside-json: that number (default 100000)' },
  ],
  async run({ output, session, progress }, flow, options) {
    if (options.rows !== undefined && options.insideJson !== true) {
      throw new Failure('usage', '--rows bounds what is read inside JSON; it goes with --inside-json.');
    }
    const rows = wholeNumber(options, 'rows', 1_000_000_000);
    const locations = await locate(await session(flow), flow, {
      json: options.insideJson === true,
      ...(rows === undefined ? {} : { mostJsonRows: rows }),
      onProgress: (done, all) => progress(`${progressBar(done, all)} ${done} of ${all} tables`),
    });
    progress('');
    output.lines(locationsText(locations));
    output.document('locate', locations);
    return exitCodes.done;
  },
};
