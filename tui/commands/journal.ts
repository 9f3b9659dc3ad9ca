import { Failure, receipts, receiptsText, resolveFlowId } from '../../shared/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

const DEFAULT_LIMIT = 20;

export const journalCommand: Command = {
  argument: '',
  argumentAbout: '',
  options: [
    { flags: '--flow <id>', about: 'only receipts of this flow' },
    { flags: '-n, --limit <count>', about: `at most so many, the newest first (default ${DEFAULT_LIMIT})` },
  ],
  async run({ output, session }, _argument, { flow, limit = String(DEFAULT_LIMIT) }) {
    const count = Number(limit);
    if (!Number.isInteger(count) || count < 1) {
      throw new Failure('usage', `--limit takes a whole number from 1, not "${limit}".`);
    }
    const opened = await session();
    const flowId = typeof flow === 'string' ? await resolveFlowId(opened, flow) : undefined;
    const found = await receipts(opened, { flowId, limit: count });
    output.lines(receiptsText(found));
    output.document('journal', { schemaVersion: 1, receipts: found });
    return exitCodes.done;
  },
};
