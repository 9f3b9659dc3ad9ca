import { planUndo, receiptById, writable } from '../../shared/index.ts';
import { applyPlan } from '../apply-plan.ts';
import { CONFIRM_OPTION, type Command, REASON_OPTION, YES_OPTION } from '../command.ts';

export const undoCommand: Command = {
  argument: '<receipt>',
  argumentAbout: 'the id that apply printed',
  options: [YES_OPTION, REASON_OPTION, CONFIRM_OPTION],
  async run(context, argument, options) {
    const receipt = await receiptById(writable(await context.session()), argument);
    const session = writable(await context.session(receipt.flows[0]));
    return applyPlan(context, session, planUndo(session, receipt), options, 'undo');
  },
};
