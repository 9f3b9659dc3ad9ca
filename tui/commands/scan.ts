import { Failure, scan, scanMarkdown, scanText } from '../../shared/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { FORMAT_OPTION, formatOf, present } from '../format.ts';

export const scanCommand: Command = {
  argument: '',
  argumentAbout: '',
  options: [
    FORMAT_OPTION,
    { flags: '--deep', about: 'also look into the JSON of flows that have ended' },
    { flags: '-a, --all', about: 'list healthy flows too' },
    { flags: '-n, --limit <count>', about: 'list at most so many flows (default 500); all are counted' },
  ],
  async run({ output, session }, _argument, options) {
    const format = formatOf(options);
    const result = await scan(await session(), {
      healthy: options.all === true,
      depth: options.deep === true ? 'deep' : 'open',
      ...(options.limit === undefined ? {} : { limit: limitOf(options.limit) }),
    });
    present(output, format, {
      text: () => scanText(result),
      markdown: () => scanMarkdown(result),
      findings: () => result.flows.flatMap((flow) => flow.findings),
      json: () => output.document('scan', result),
    });
    return result.totals.healthy === result.totals.flows ? exitCodes.done : exitCodes.findings;
  },
};

function limitOf(typed: string | boolean): number {
  const limit = Number(typed);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100_000) {
    throw new Failure('usage', `--limit takes a whole number from 1 to 100000, not "${typed}".`);
  }
  return limit;
}
