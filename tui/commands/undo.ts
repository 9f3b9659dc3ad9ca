import { draftUndo, flowsOfReceipt, receiptById, undoText, writable } from '../../shared/index.ts';
import { applyPlan } from '../apply-plan.ts';
import { CONFIRM_OPTION, type Command, REASON_OPTION, YES_OPTION } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const undoCommand: Command = {
  argument: '<receipt-and-flows...>',
  argumentAbout: 'the id that apply printed, and flows of it where not all are meant',
  options: [YES_OPTION, REASON_OPTION, CONFIRM_OPTION],
  async run(context, argument, options, [, ...named]) {
    const { output } = context;
    const receipt = await receiptById(writable(await context.session()), argument);
    const session = writable(await context.session(receipt.flows[0]));
    const flows = named.length > 0 ? flowsOfReceipt(receipt, named) : undefined;
    const { plan, changed } = await draftUndo(session, receipt, flows);
    output.lines([...undoText(receipt, { plan, changed }), []]);
    if (plan === undefined) {
      const why = 'rows of every flow changed since the receipt';
      output.document('undo', { schemaVersion: 1, outcome: { kind: 'stale', drift: [...changed], why } });
      return exitCodes.stale;
    }
    const code = await applyPlan(context, session, plan, options, { kind: 'undo', changed });
    return code === exitCodes.done && changed.length > 0 ? exitCodes.partly : code;
  },
};
