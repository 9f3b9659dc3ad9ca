import type { SubcommandId } from '../../shared/index.ts';
import type { Command } from '../command.ts';
import { applyCommand } from './apply.ts';
import { demoCommand } from './demo.ts';
import { diagnoseCommand } from './diagnose.ts';
import { exportCommand } from './export.ts';
import { journalCommand } from './journal.ts';
import { locateCommand } from './locate.ts';
import { planCommand } from './plan.ts';
import { previewCommand } from './preview.ts';
import { resumeCommand } from './resume.ts';
import { scanCommand } from './scan.ts';
import { undoCommand } from './undo.ts';
import { watchCommand } from './watch.ts';

/** A subcommand for every action that is not an option of another one: one that is missing does not compile. */
export const commands: Record<SubcommandId, Command> = {
  scan: scanCommand,
  diagnose: diagnoseCommand,
  plan: planCommand,
  preview: previewCommand,
  apply: applyCommand,
  undo: undoCommand,
  resume: resumeCommand,
  watch: watchCommand,
  locate: locateCommand,
  export: exportCommand,
  journal: journalCommand,
  demo: demoCommand,
};
