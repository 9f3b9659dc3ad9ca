import { diagnose, notJudged } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { follow, TIMEOUT_OPTION, timeoutOf } from '../run/follow.ts';

export const watchCommand: Command = {
  ...FLOW_ARGUMENT,
  options: [TIMEOUT_OPTION],
  async run({ output, session }, flow, options) {
    const timeoutMs = timeoutOf(options);
    const open = await session(flow);
    const { diagnosis } = await diagnose(open, flow);
    const last = await follow(output, open, { flowId: diagnosis.flowId, timeoutMs }, (sighting) => {
      output.document('watch', { schemaVersion: 1, ...notJudged(open), sighting });
    });
    if (diagnosis.notJudged !== undefined) return exitCodes.couldNotCheck;
    return last?.moved ? exitCodes.done : exitCodes.notResumed;
  },
};
