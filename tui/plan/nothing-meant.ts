import { span } from '../../shared/index.ts';
import type { Context } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

/** Said where a command for many flows means none. */
export function nothingMeant({ output }: Context): ExitCode {
  output.lines([[span('Nothing to mend.', 'good')]]);
  output.document('nothingToMend', { schemaVersion: 1, outcome: { kind: 'nothing to mend', leftOut: [] } });
  return exitCodes.done;
}
