import {
  draftRunUndo,
  draftUndo,
  Failure,
  flowsOfReceipt,
  notJudged,
  notJudgedLines,
  openSteering,
  otherServerOf,
  type Receipt,
  runId,
  runUndoneText,
  runUndoText,
  type Session,
  span,
  type UndoDraft,
  type UndoTarget,
  undoRun,
  undoTarget,
  undoText,
  writable,
} from '../../shared/index.ts';
import {
  CONFIRM_OPTION,
  type Command,
  type Context,
  type OptionValues,
  REASON_OPTION,
  YES_OPTION,
} from '../command.ts';
import { type ExitCode, exitCodeOfMany, exitCodes } from '../exit-code.ts';
import { OTHER_SERVER_OPTION, serverMeant } from '../plan/server-meant.ts';
import { agreed, tellNotice, turnedAway } from '../run/agree.ts';
import { applyPlan } from '../run/apply-plan.ts';
import { takeSignals } from '../run/interrupt.ts';

export const undoCommand: Command = {
  argument: '<receipt-or-run...>',
  argumentAbout: 'the id that apply printed, or its first digits, and flows of a receipt where not all are meant',
  options: [YES_OPTION, REASON_OPTION, CONFIRM_OPTION, OTHER_SERVER_OPTION],
  async run(context, argument, options, [, ...named]) {
    const target = await undoTarget(writable(await context.session()), argument);
    if (target.kind === 'receipt') return undoReceipt(context, target.receipt, options, named);
    if (named.length === 0) return undoWholeRun(context, target, options);
    throw new Failure('usage', `${argument} is a run: single flows are taken back of one of its receipts.`, {
      next: '`flowmend journal` lists the receipts of each run.',
    });
  },
};

async function undoReceipt(
  context: Context,
  receipt: Receipt,
  options: OptionValues,
  named: readonly string[],
): Promise<ExitCode> {
  const session = writable(await context.session(receipt.flows[0]));
  const flows = named.length > 0 ? flowsOfReceipt(receipt, named) : undefined;
  const draft = await draftUndo(session, receipt, flows);
  context.output.lines([...notJudgedLines(notJudged(session)), ...undoText(receipt, draft), []]);
  const left = { changed: [...draft.changed], failed: [...draft.failed] };
  if (draft.plan === undefined) return nothingLeft(context, session, left);
  const otherServer = otherServerOf(session, receipt);
  const code = await applyPlan(context, session, draft.plan, options, { kind: 'undo', otherServer, ...left });
  return code === exitCodes.done && left.changed.length + left.failed.length > 0 ? exitCodes.partly : code;
}

/** Everything that one plan wrote and that still stands, receipt by receipt. */
async function undoWholeRun(
  context: Context,
  { planHash, flowId }: Extract<UndoTarget, { kind: 'run' }>,
  options: OptionValues,
): Promise<ExitCode> {
  const { output, progress } = context;
  const session = writable(await context.session(flowId));
  const draft = await draftRunUndo(session, planHash, (tried, all) => progress(`${tried} of ${all} flows tried`));
  progress('');
  output.lines([...notJudgedLines(notJudged(session)), ...runUndoText(draft), []]);
  const { plan, flows, otherServer } = draft;
  const left = { changed: [...draft.changed], failed: [...draft.failed] };
  if (plan === undefined) return nothingLeft(context, session, left);
  const server = await serverMeant(context, otherServer, options);
  if (server === 'turned away') return turnedAway(context);
  const question = `Take back these ${flows} flows in ${session.settings.database.label}?`;
  const agreement = await agreed(context, session, plan, { options, question });
  if (!agreement) return turnedAway(context);
  const steering = openSteering(() => {});
  // A signal ends it between two receipts, and what was taken back until then is told.
  const giveBack = takeSignals(steering.stop);
  const outcome = await undoRun(session, draft, {
    ...agreement.consent,
    ...server,
    createJournal: true,
    async between({ total, left }) {
      progress(`${total - left} of ${total} flows taken back`);
      return steering.next();
    },
  }).finally(giveBack);
  progress('');
  if (outcome.kind !== 'refused') tellNotice(context, agreement);
  output.lines(runUndoneText(outcome));
  output.document('undoRun', { schemaVersion: 1, ...notJudged(session), run: runId(planHash), outcome, ...left });
  const code = exitCodeOfMany(outcome);
  return code === exitCodes.done && left.changed.length + left.failed.length > 0 ? exitCodes.partly : code;
}

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
