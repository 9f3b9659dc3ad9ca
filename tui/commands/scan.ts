import {
  checkStatuses,
  checkTenant,
  configurationNotices,
  Failure,
  notJudged,
  type PassedFlow,
  type ScanOptions,
  type Session,
  scan,
  scanFlows,
  scanMarkdown,
  scanSarif,
  scanText,
  visible,
} from '../../shared/index.ts';
import type { Command, Context, OptionValues } from '../command.ts';
import { type ExitCode, exitCodeOfLook, exitCodes } from '../exit-code.ts';
import { FORMAT_OPTION, formatOf, present } from '../format.ts';
import { listIn, uuidOf, wholeNumber } from '../plan/option-values.ts';

export const scanCommand: Command = {
  argument: '',
  argumentAbout: '',
  saysNotices: true,
  options: [
    FORMAT_OPTION,
    { flags: '--stream', about: 'one line of JSON for each flow with findings, as they are found, without a limit' },
    { flags: '--deep', about: 'also look into the JSON and the records of flows that have ended' },
    { flags: '-a, --all', about: 'list healthy flows too' },
    { flags: '-n, --limit <count>', about: 'list at most so many flows (default 500); all are counted' },
    { flags: '--tenant <client>', about: 'only flows of this client_account_id' },
    { flags: '--status <status>', about: 'only flows with this status; several with commas' },
    {
      flags: '--since <time>',
      about: 'only flows of which a record was written since then, like 2026-01-31T10:00Z; without a zone UTC',
    },
    {
      flags: '--after <flow>',
      about: 'a page: the flows whose ids follow this one, as many as the limit; the answer says where the next begins',
    },
  ],
  async run(context, _argument, options) {
    const format = formatOf(options);
    if (options.stream === true) checkStreamed(options, format);
    const asked = { ...askedFor(options), signal: context.signal };
    const opened = await context.session();
    if (asked.statuses) await checkStatuses(opened, asked.statuses);
    if (asked.tenant) await checkTenant(opened, asked.tenant);
    if (options.stream === true) return streamed(context, opened, asked);
    const { output } = context;
    const result = await scan(opened, {
      ...asked,
      healthy: options.all === true,
      onProgress: (found) => context.progress(`${found} flows with findings`),
    });
    context.progress('');
    present(output, format, {
      text: () => scanText(result),
      markdown: () => scanMarkdown(result),
      sarif: () => scanSarif(result, opened.rules.asked),
      json: () => output.document('scan', result),
    });
    if (result.endedEarly) {
      output.error(`${visible(result.endedEarly.message, 600)} What was found until then is above.`);
      return exitCodes.couldNotCheck;
    }
    if (result.notJudged !== undefined) return exitCodes.couldNotCheck;
    const { error, warning, info } = result.totals;
    return exitCodeOfLook(error + warning + info, result.notAsked);
  },
};

async function streamed({ output }: Context, session: Session, options: ScanOptions): Promise<ExitCode> {
  const unjudged = notJudged(session);
  let found = 0;
  let nextAfter: string | undefined;
  for (const notice of configurationNotices(session.settings.configuration)) output.error(visible(notice, 600));
  for await (const passed of scanFlows(session, options)) {
    if (passed.kind === 'size') nextAfter = passed.nextAfter;
    else if (passed.flow.worst !== null || unjudged.notJudged !== undefined) {
      found++;
      output.document('scanned', { schemaVersion: 1, ...unjudged, ...lineOf(passed.flow, session) });
    }
    if (output.unread) break;
  }
  if (nextAfter !== undefined && !output.unread) output.document('nextPage', { schemaVersion: 1, nextAfter });
  if (unjudged.notJudged !== undefined) return exitCodes.couldNotCheck;
  return exitCodeOfLook(found, session.rules.notAsked);
}

function lineOf({ worst: _, rules, ...flow }: PassedFlow, session: Session) {
  const findings = session.rules.asked
    .filter((rule) => rules.includes(rule.id))
    .map(({ id, severity, title }) => ({ rule: id, severity, title }));
  return { ...flow, findings };
}

/** @throws Failure `usage` where an option would change nothing of what is streamed */
function checkStreamed({ format: given, all, limit, after }: OptionValues, format: string): void {
  if (given !== undefined && format !== 'json') {
    throw new Failure('usage', `--stream prints lines of JSON; it takes no --format ${format}.`);
  }
  if (all === true) throw new Failure('usage', '--stream prints the flows with findings; it takes no --all.');
  if (limit !== undefined && after === undefined) {
    throw new Failure('usage', '--stream has no limit; --limit goes with --after, for pages.');
  }
}

/** @throws Failure `usage` */
function askedFor(options: OptionValues): ScanOptions {
  const { tenant, status, since, after } = options;
  const limit = wholeNumber(options, 'limit', 100_000);
  return {
    reach: options.deep === true ? 'every flow' : 'open flows',
    ...(limit === undefined ? {} : { limit }),
    ...(typeof tenant === 'string' ? { tenant: uuidOf('--tenant', tenant) } : {}),
    ...(typeof status === 'string' ? { statuses: listIn(status) } : {}),
    ...(typeof since === 'string' ? { changedSince: timeOf(since) } : {}),
    ...(typeof after === 'string' ? { page: { after: uuidOf('--after', after), size: limit ?? 500 } } : {}),
  };
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** Strictly: what JavaScript makes of "5" or of the 31st of February is a time, and not the one that was meant. */
function timeOf(typed: string): string {
  const [, day = '', time = '00:00', zone = 'Z'] = TIME.exec(typed.trim()) ?? [];
  const [midnight, instant] = [new Date(`${day}T00:00Z`), new Date(`${day}T${time}${zone}`)];
  const isOne = [midnight, instant].every((one) => !Number.isNaN(one.getTime()));
  if (isOne && midnight.toISOString().startsWith(day)) return instant.toISOString();
  throw new Failure('usage', `--since takes a time like 2026-01-31T10:00Z, not "${typed}".`);
}
