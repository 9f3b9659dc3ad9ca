import {
  draftUndo,
  flowsOfReceipt,
  notJudged,
  notJudgedLines,
  receiptById,
  type Session,
  span,
  type UndoDraft,
  undoText,
  writable,
} from '../../shared/index.ts';
import { applyPlan } from '../apply-plan.ts';
import { CONFIRM_OPTION, type Command, type Context, REASON_OPTION, YES_OPTION } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export const undoCommand: Command = {
  argument: '<receipt-and-flows...>',
  argumentAbout: 'the id that apply printed, and flows of it where not all are meant',
  options: [YES_OPTION, REASON_OPTION, CONFIRM_OPTION],
  async run(context, argument, options, [, ...named]) {
    const { output } = context;
    const receipt = await receiptById(writable(await context.session()), argument);
    const session = writable(await context.session(receipt.flows[0]));
    const flows = named.length > 0 ? flowsOfReceipt(receipt, named) : undefined;
    const draft = await draftUndo(session, receipt, flows);
    output.lines([...notJudgedLines(notJudged(session)), ...undoText(receipt, draft), []]);
    const left = { changed: [...draft.changed], failed: [...draft.failed] };
    if (draft.plan === undefined) return nothingLeft(context, session, left);
    const code = await applyPlan(context, session, draft.plan, options, { kind: 'undo', ...left });
    return code === exitCodes.done && left.changed.length + left.failed.length > 0 ? exitCodes.partly : code;
  },
};

function nothingLeft({ output }: Context, session: Session, left: Pick<UndoDraft, 'changed' | 'failed'>): ExitCode {
  const drift = [...left.changed];
  const why = 'none of these flows can be taken back now';
  output.document('undo', {
    schemaVersion: 1,
    ...notJudged(session),
    outcome: { kind: 'stale', drift, why },
    changed: drift,
    failed: [...left.failed],
  });
  output.lines([[span(`✖ ${why}; nothing was written`, 'bad')]]);
  return exitCodes.stale;
}
