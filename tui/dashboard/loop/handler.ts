import type { ScannedFlow, Session, Steering, Tone } from '../../../shared/index.ts';
import type { Listed } from '../state/many.ts';
import type { Panel } from '../state/panel.ts';
import type { Running } from '../state/state.ts';
import type { Written } from '../state/written.ts';

/** What an action of the dashboard works with. */
export interface Work {
  readonly session: Session;
  /** The flow that was at hand when the key was pressed. */
  readonly flowId: string;
  /** Aborted when the person went back or quit. */
  readonly signal: AbortSignal;
  /** The list as it stands now. */
  listed(): Listed;
  show(panel: Panel): void;
  /** Chooses the flow, though it be not in the list. */
  found(flow: ScannedFlow): void;
  notice(text: string, tone: Tone): void;
  /** Says that from here on the action writes, no longer does, or only follows; `words`: how far it is. */
  stage(stage: Running['stage'], words?: string): void;
  /** Keys steer the run from here on. */
  steered(steering: Steering): void;
  /** Takes down what was written, for the last line of the terminal. */
  wrote(written: Written): void;
  /** Reads the fleet and the flow again and waits for it. False where the database could not be read. */
  refresh(): Promise<boolean>;
}

/** One key's doing. What it throws is shown as a failure. */
export type Handler = (work: Work) => Promise<void>;
