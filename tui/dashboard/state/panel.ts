import type {
  ActionId,
  ApplyOutcome,
  Diagnosed,
  Drift,
  FailedFlow,
  JournalPlace,
  LeftOut,
  Locations,
  ManyOutcome,
  Plan,
  Receipt,
  ResumeOutcome,
  Run,
  RunDraft,
  Sighting,
  WayBack,
} from '../../../shared/index.ts';
import type { KeyedActionId } from '../keys/keyed-action.ts';
import type { ChangedFact } from './changed-facts.ts';
import type { ManyDraft, ManyPanel } from './many.ts';
import type { Trouble } from './trouble.ts';

/** What a person has to know or to type before a write. */
export interface Asks {
  /** Where the receipt goes: a journal that is missing or outdated is made ready by the answer. */
  readonly journal: JournalPlace;
  /** The name that has to be typed: the connection is production. */
  readonly asksName?: string | undefined;
  /** The server that made the receipt, where it is not this one: the answer says that the copy is meant. */
  readonly otherServer?: string | undefined;
}

/** A plan that is asked about. */
export interface ToRun {
  /** The flow as it stood then. */
  readonly facts?: Diagnosed['facts'] | undefined;
  readonly kind: 'apply' | 'undo';
  readonly plan: Plan;
  readonly receipt: Receipt | undefined;
  /** What changed since of flows of the receipt that are left as they are. */
  readonly changed?: readonly Drift[];
  /** Flows of it that failed when they were tried out. */
  readonly failed?: readonly FailedFlow[];
  /** Columns that an undo leaves since the writer of the receipt may not update them. */
  readonly beyondWriter?: readonly string[];
}

/** What is asked before anything is written. `y` carries out exactly what is shown. */
export type Question =
  | { readonly kind: 'unlock'; readonly action: KeyedActionId }
  | (ToRun & { readonly run: Run } & Asks)
  | ({ readonly kind: 'applyMany' } & ManyDraft & Asks)
  | ({ readonly kind: 'undoRun'; readonly draft: RunDraft } & Asks)
  | {
      readonly kind: 'resume';
      readonly diagnosed: Diagnosed;
      readonly api: string;
      readonly asksName?: string | undefined;
    };

/** What a person picked so far: rule -> value, or null where it is left as it is. */
export type Picks = Readonly<Record<string, string | null>>;

export interface Following {
  readonly sightings: readonly Sighting[];
  /** What the platform said to the call, where one was made. */
  readonly called: Extract<ResumeOutcome, { kind: 'called' }> | undefined;
  readonly startedAt: number;
  readonly timeoutMs: number;
  /** Why it could not be looked at just now. */
  readonly trouble: Trouble | undefined;
  /** `lost`: the time ran out while the database was away, so that nobody knows. */
  readonly ended: 'moved' | 'not moved' | 'not judged' | 'lost' | undefined;
}

/** What covers the list and the detail. Each is about one flow; what is about many has an empty id. */
export type Panel = { readonly flowId: string } & (
  | ManyPanel
  | { readonly kind: 'full' }
  | { readonly kind: 'locations'; readonly locations: Locations }
  | { readonly kind: 'preview'; readonly plan: Plan; readonly run: Run }
  | { readonly kind: 'choice'; readonly open: LeftOut; readonly picks: Picks }
  | {
      readonly kind: 'journal';
      readonly receipts: readonly Receipt[];
      readonly older: 'none' | 'not shown';
      readonly advice: string;
    }
  | { readonly kind: 'question'; readonly question: Question }
  | { readonly kind: 'hindered'; readonly action: 'apply' | 'undo'; readonly run: Run }
  | {
      readonly kind: 'applied';
      readonly action: 'apply' | 'undo';
      readonly outcome: ApplyOutcome;
      readonly wayBack?: WayBack | undefined;
      /** Where it was not written: what of the flow changed since the question was shown. */
      readonly changed?: readonly ChangedFact[] | undefined;
    }
  | { readonly kind: 'run taken back'; readonly outcome: ManyOutcome }
  | { readonly kind: 'nothing to mend'; readonly plan: Plan }
  | {
      readonly kind: 'not resumed';
      readonly why: string;
      readonly next: string;
      /** It goes on by itself, or has ended: that no call was sent is no failure. */
      readonly needsNone: boolean;
    }
  | { readonly kind: 'follow'; readonly following: Following }
  | { readonly kind: 'failed'; readonly action: ActionId; readonly trouble: Trouble }
);
