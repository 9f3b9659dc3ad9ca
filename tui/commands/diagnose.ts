import { diagnose, diagnosisText } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const diagnoseCommand: Command = {
  ...FLOW_ARGUMENT,
  options: [],
  async run({ output, session }, flow) {
    const { diagnosis } = await diagnose(await session(), flow);
    output.lines(diagnosisText(diagnosis));
    output.document('diagnose', diagnosis);
    return diagnosis.findings.length === 0 ? exitCodes.done : exitCodes.findings;
  },
};
