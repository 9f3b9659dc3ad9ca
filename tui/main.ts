import { runCommandLine } from './command-line.ts';
import { exitCodes } from './exit-code.ts';
import { watchWriting } from './watch-writing.ts';

const { failed } = watchWriting(process.stdout, process.stderr);
const exitCode = await runCommandLine(process.argv.slice(2));
// Once all is written. A server that hangs would keep its connections, and with them this process, for half a minute.
process.stdout.write('', () =>
  setImmediate(() => process.exit(failed() && exitCode < 128 ? exitCodes.couldNotCheck : exitCode)),
);
