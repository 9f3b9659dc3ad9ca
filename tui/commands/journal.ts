import { journalAdvice, notJudged, notJudgedLines, receipts, receiptsText, resolveFlowId } from '../../shared/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { wholeNumber } from '../plan/option-values.ts';

const DEFAULT_LIMIT = 20;

export const journalCommand: Command = {
  argument: '',
  argumentAbout: '',
  options: [
    { flags: '--flow <id>', about: 'only receipts of this flow' },
    { flags: '-n, --limit <count>', about: `at most so many, the newest first (default ${DEFAULT_LIMIT})` },
  ],
  async run({ output, session }, _argument, options) {
    const limit = wholeNumber(options, 'limit', 1_000_000) ?? DEFAULT_LIMIT;
    const { flow } = options;
    const opened = await session();
    const flowId = typeof flow === 'string' ? await resolveFlowId(opened, flow) : undefined;
    const found = await receipts(opened, { flowId, limit });
    const advice = await journalAdvice(opened);
    output.lines([...notJudgedLines(notJudged(opened)), ...receiptsText(found, advice)]);
    output.document('journal', {
      schemaVersion: 1,
      ...notJudged(opened),
      receipts: found,
      ...(advice === '' ? {} : { advice }),
    });
    return exitCodes.done;
  },
};
