import type { ActionId } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { applyCommand } from './apply.ts';
import { applyManyCommand } from './apply-many.ts';
import { clearConnectionCommand } from './clear-connection.ts';
import { connectEnvironmentCommand } from './connect-environment.ts';
import { demoCommand } from './demo.ts';
import { diagnoseCommand } from './diagnose.ts';
import { exportCommand } from './export.ts';
import { journalCommand } from './journal.ts';
import { leaveDemoCommand } from './leave-demo.ts';
import { locateCommand } from './locate.ts';
import { pauseMendingCommand } from './pause-mending.ts';
import { planCommand } from './plan.ts';
import { previewCommand } from './preview.ts';
import { resumeCommand } from './resume.ts';
import { scanCommand } from './scan.ts';
import { setConnectionCommand } from './set-connection.ts';
import { undoCommand } from './undo.ts';
import { watchCommand } from './watch.ts';

export type Command = (face: Face, ...args: unknown[]) => Promise<void>;

/** Commands of this face alone. */
type OwnCommand = 'setConnection' | 'clearConnection' | 'connectEnvironment' | 'leaveDemo' | 'pauseMending';

/** A command for every action: one that is missing does not compile. `flowmend.<name>`. */
export const commands: Record<ActionId | OwnCommand, Command> = {
  scan: scanCommand,
  diagnose: diagnoseCommand,
  plan: planCommand,
  preview: previewCommand,
  apply: applyCommand,
  applyMany: applyManyCommand,
  undo: undoCommand,
  resume: resumeCommand,
  watch: watchCommand,
  locate: locateCommand,
  export: exportCommand,
  journal: journalCommand,
  demo: demoCommand,
  setConnection: setConnectionCommand,
  clearConnection: clearConnectionCommand,
  connectEnvironment: connectEnvironmentCommand,
  leaveDemo: leaveDemoCommand,
  pauseMending: pauseMendingCommand,
};
