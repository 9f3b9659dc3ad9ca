import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this system keeps the state of programs: the folder of Flowmend in it. */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = environment;
  const folder =
    process.platform === 'win32'
      ? (LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Application Support')
        : XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(folder, 'flowmend');
}
