import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readFlow } from '../diagnose/read/read-flow.ts';
import { phaseAfter, phaseNamed } from '../flow/model.ts';
import { whyNotJudged } from '../rules/judge/not-judged.ts';
import type { FlowRow } from '../rules/relation/flow-row.ts';
import type { Session } from '../session.ts';

/** What a flow looked like at one moment. Times are ISO 8601. */
export const Sighting = z.object({
  at: z.string(),
  flowId: z.string(),
  status: z.string(),
  masterStatus: z.string().nullable(),
  phase: z.string().nullable(),
  phasesComplete: z.array(z.string()),
  progress: z.number().nullable(),
  updatedAt: z.string(),
  /** True once the phase it started in is complete and a later one is current; never where nothing is judged. */
  moved: z.boolean(),
});
export type Sighting = z.infer<typeof Sighting>;

export interface WatchOptions {
  readonly flowId: string;
  /** How long to wait for the flow to move, in milliseconds. */
  readonly timeoutMs: number;
  readonly everyMs: number;
  /** The phase it was in before the call; default: where it is at the first look. */
  readonly fromPhase?: string | null;
  readonly signal?: AbortSignal;
}

/**
 * Follows a flow and yields what it looks like at the start and whenever it changes, until its phase moved or the time
 * is up. A 200 is not a resumed flow: only `moved` says that it is.
 * @throws Failure of the connection
 */
export async function* watch(session: Session, options: WatchOptions): AsyncGenerator<Sighting, Sighting> {
  const deadline = Date.now() + options.timeoutMs;
  let from = options.fromPhase;
  let last: Sighting | undefined;
  for (;;) {
    const { row } = await readFlow(session.primary, session, options.flowId);
    from ??= standingIn(row);
    const sighting = sightingOf(row, hasMoved(session, row, from));
    if (!last || JSON.stringify({ ...last, at: '' }) !== JSON.stringify({ ...sighting, at: '' })) yield sighting;
    last = sighting;
    const left = deadline - Date.now();
    if (sighting.moved || left <= 0 || options.signal?.aborted) return sighting;
    await sleep(Math.min(options.everyMs, left), undefined, {
      ...(options.signal && { signal: options.signal }),
    }).catch(() => {});
  }
}

/** The phase in which a flow stands: the current one, or where none is named the first that is open. */
export function standingIn({ phase, phase_open }: Pick<FlowRow, 'phase' | 'phase_open'>): string | null {
  return phase ?? phase_open;
}

function hasMoved(session: Session, row: FlowRow, from: string | null): boolean {
  const { model } = session;
  const start = phaseNamed(model, from);
  // What follows which phase is a rule of the generation.
  if (!start || whyNotJudged(session) !== undefined) return false;
  const rest = model.phases.slice(model.phases.indexOf(start) + 1).map((phase) => phase.name);
  if (!row.phases_complete.includes(start.name)) return false;
  return phaseAfter(model, start) === undefined || (row.phase !== null && rest.includes(row.phase));
}

function sightingOf(row: FlowRow, moved: boolean): Sighting {
  return {
    at: new Date().toISOString(),
    flowId: row.flow_id,
    status: row.status,
    masterStatus: row.master_status,
    phase: row.phase_stored,
    phasesComplete: row.phases_complete,
    progress: row.progress,
    updatedAt: row.updated_at,
    moved,
  };
}
