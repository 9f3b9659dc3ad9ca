import { existsSync } from 'node:fs';
import { Failure } from '../../shared/index.ts';
import type { OptionValues } from '../command.ts';

const LIKE_AN_ID = /^[0-9a-f-]{1,36}$/i;

/** True where the argument names a file and not a flow. */
export function isPlanFile(argument: string): boolean {
  return !LIKE_AN_ID.test(argument) || existsSync(argument);
}

/** Where the flows of a command line come from. */
export type FlowSource = keyof typeof ALLOWED_OPTIONS;

/** The options beside it that each source accepts. */
const ALLOWED_OPTIONS = {
  'a saved plan': ['batch'],
  'the id of a flow': ['rule', 'choose', 'batch'],
  'ids of flows': ['rule', 'choose', 'batch'],
  '--from': ['from', 'rule', 'choose', 'batch'],
  '--all': ['all', 'rule', 'choose', 'batch', 'tenant', 'status', 'limit'],
} as const;

const SELECTING = [...new Set(Object.values(ALLOWED_OPTIONS).flat())];

/**
 * Which of them a command line means.
 * @throws Failure `usage` where it says several, or narrows what cannot be narrowed: nobody may believe that fewer flows
 *   are meant than will be written
 */
export function sourceOf(given: readonly string[], options: OptionValues): FlowSource {
  const source = namedSource(given, options);
  const allowed: readonly string[] = ALLOWED_OPTIONS[source];
  const notAllowed = SELECTING.filter((name) => options[name] !== undefined && !allowed.includes(name));
  if (source.startsWith('--') && given.length > 0) {
    throw new Failure('usage', `${source} takes no flow and no plan: leave out the argument, or ${source}.`);
  }
  if (notAllowed.length === 0) return source;
  const flags = notAllowed.map((name) => `--${name}`).join(' and ');
  if (source === 'a saved plan') {
    throw new Failure('usage', `A saved plan is taken as it was reviewed: ${flags} would make another.`, {
      next: 'Give the id of the flow, --all, or --from and the file, instead of the saved plan.',
    });
  }
  throw new Failure('usage', `${flags} cannot go with ${source}.`, {
    next: '--tenant, --status and --limit narrow --all.',
  });
}

function namedSource(given: readonly string[], { all, from }: OptionValues): FlowSource {
  if (from !== undefined) return '--from';
  if (all === true) return '--all';
  if (given.length > 1) return 'ids of flows';
  const [only = ''] = given;
  if (only === '') return 'the id of a flow';
  return isPlanFile(only) ? 'a saved plan' : 'the id of a flow';
}

/** True where a command line may mean more than one flow that is planned now. */
export function meansMany(source: FlowSource): boolean {
  return source !== 'a saved plan' && source !== 'the id of a flow';
}
