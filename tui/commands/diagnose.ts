import { diagnose, diagnoseWithRawData, diagnosisMarkdown, diagnosisSarif, diagnosisText } from '../../shared/index.ts';
import { type Command, FLOW_ARGUMENT } from '../command.ts';
import { exitCodeOfLook, exitCodes } from '../exit-code.ts';
import { FORMAT_OPTION, formatOf, present } from '../format.ts';

export const diagnoseCommand: Command = {
  ...FLOW_ARGUMENT,
  options: [FORMAT_OPTION, { flags: '--raw', about: 'also the structure of its raw data, from at most 1000 rows' }],
  async run({ output, session }, flow, options) {
    const format = formatOf(options);
    const opened = await session(flow);
    const { diagnosis } = await (options.raw === true ? diagnoseWithRawData : diagnose)(opened, flow);
    present(output, format, {
      text: () => diagnosisText(diagnosis),
      markdown: () => diagnosisMarkdown(diagnosis),
      sarif: () => diagnosisSarif(diagnosis, opened.rules.asked),
      json: () => output.document('diagnose', diagnosis),
    });
    if (diagnosis.notJudged !== undefined) return exitCodes.couldNotCheck;
    return exitCodeOfLook(diagnosis.findings.length, diagnosis.notAsked);
  },
};
