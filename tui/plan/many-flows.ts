import { basename } from 'node:path';
import {
  checkStatuses,
  checkTenant,
  type FlowFilter,
  filterWords,
  flowsToMend,
  noSuchFlow,
  planMany,
  readFlowList,
  refuseUnjudged,
  resolveFlowId,
  type Session,
} from '../../shared/index.ts';
import type { CommandOption, Context, OptionValues } from '../command.ts';
import { beforeWriting } from '../run/interrupt.ts';
import { listIn, uuidOf, wholeNumber } from './option-values.ts';
import { type Planned, planOptions } from './plan-argument.ts';

/** How many flows are named at once. */
export const MANY_OPTIONS: readonly CommandOption[] = [
  { flags: '--all', about: 'every flow with a finding that can be mended, narrowed by the next options and --rule' },
  { flags: '--tenant <client>', about: 'with --all: only flows of this client_account_id' },
  { flags: '--status <status>', about: 'with --all: only flows with this status; several with commas' },
  { flags: '--limit <count>', about: 'with --all: at most so many flows, the longest untouched first' },
  { flags: '--from <file>', about: 'the flows that a run could not mend, or those of a saved plan, planned anew' },
  { flags: '--batch <flows>', about: 'flows in one transaction (default 1000)' },
];

/**
 * One plan for all flows that the command line means, with the session for their kind: the filter is resolved to ids here,
 * once. Undefined where there is nothing to mend.
 * @throws Failure `usage`; `unknown-flow` where one of the ids is no flow's; of the scan; `cancelled` after Ctrl-C
 */
export function planOfMany(
  context: Context,
  given: readonly string[],
  options: OptionValues,
): Promise<Planned | undefined> {
  return beforeWriting(context.signal, () => planned(context, given, options));
}

async function planned(
  { output, progress, signal, session: opened }: Context,
  given: readonly string[],
  options: OptionValues,
): Promise<Planned | undefined> {
  const { from } = options;
  const list = typeof from === 'string' ? await readFlowList(from) : undefined;
  const session = await opened(list?.flows[0] ?? given[0]);
  refuseUnjudged(session);
  const said = planOptions(options, session);
  // The second run means no more than the first did.
  const told = { ...list?.asked, ...said, choices: { ...list?.asked.choices, ...said.choices } };
  const batchSize = wholeNumber(options, 'batch', 10_000);
  const { flowIds, chosenBy } = list
    ? { flowIds: list.flows, chosenBy: listWords(String(from), told.rules) }
    : await flowsMeant(signal, session, given, options, told.rules);
  if (flowIds.length === 0) return undefined;
  const plan = await planMany(session, flowIds, {
    ...told,
    chosenBy,
    batchSize,
    onProgress(planned, all) {
      signal.throwIfAborted();
      progress(`${planned} of ${all} flows planned`);
    },
  });
  const here = new Set(plan.flows);
  const [gone, ...others] = flowIds.filter((flowId) => !here.has(flowId));
  if (gone === undefined || options.all === true) return { session, plan };
  if (!list) throw noSuchFlow(session.model, gone);
  output.error(
    `Of the flows that ${basename(String(from))} lists ${others.length + 1} are not here any more, as ${gone}.`,
  );
  return { session, plan };
}

function listWords(path: string, rules: readonly string[] | undefined): string {
  return `the flows that ${basename(path)} lists${rules ? `, only what is found by ${rules.join(' or ')}` : ''}`;
}

async function flowsMeant(
  signal: AbortSignal,
  session: Session,
  given: readonly string[],
  options: OptionValues,
  rules: readonly string[] | undefined,
): Promise<{ flowIds: readonly string[]; chosenBy: string | undefined }> {
  const { all, tenant, status } = options;
  if (all !== true) {
    return { flowIds: await Promise.all(given.map((typed) => resolveFlowId(session, typed))), chosenBy: undefined };
  }
  const filter: FlowFilter = {
    rules,
    tenant: typeof tenant === 'string' ? uuidOf('--tenant', tenant) : undefined,
    statuses: typeof status === 'string' ? listIn(status) : undefined,
    limit: wholeNumber(options, 'limit', 1_000_000),
  };
  if (filter.statuses) await checkStatuses(session, filter.statuses);
  if (filter.tenant) await checkTenant(session, filter.tenant);
  const { flowIds, found } = await flowsToMend(session, filter, signal);
  return { flowIds, chosenBy: `${filterWords(session, filter)}: ${flowIds.length} of ${found} found` };
}
