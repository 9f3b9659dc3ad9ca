import { locate, locationsText } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const locateCommand: Command = {
  ...FLOW_ARGUMENT,
  options: [{ flags: '--inside-json', about: 'look inside JSON columns too, a bounded number of rows of each table' }],
  async run({ output, session, progress }, flow, options) {
    const locations = await locate(await session(flow), flow, {
      json: options.insideJson === true,
      onProgress: (done, all) => progress(`${done} of ${all} tables`),
    });
    output.lines(locationsText(locations));
    output.document('locate', locations);
    return exitCodes.done;
  },
};
