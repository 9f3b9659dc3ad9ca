import type { Consent } from '../../../shared/index.ts';
import type { Ended, Meant } from '../state/many.ts';
import type { Picks, Question } from '../state/panel.ts';
import type { Event } from '../state/state.ts';
import type { KeyedActionId } from './keyed-action.ts';

/** A question whose yes is carried out by the core. */
export type Asked = Exclude<Question, { kind: 'unlock' }>;

/** What pressing a key means in a state. */
export type KeyCommand =
  | { do: 'change'; event: Event }
  | { do: 'start'; action: KeyedActionId; flowId: string }
  | { do: 'carry out'; question: Asked; flowId: string; consent: Consent }
  | { do: 'unlock'; action: KeyedActionId; flowId: string }
  | { do: 'find'; text: string }
  | { do: 'widen'; flowId: string }
  | { do: 'undo run'; planHash: string }
  | { do: 'pick'; flowId: string; picks: Picks }
  | { do: 'pick rule'; meant: Meant }
  | { do: 'steer'; to: 'pause' | 'stop' }
  | { do: 'save failed'; ended: Ended }
  | { do: 'back'; event: Event }
  | { do: 'suspend' }
  | { do: 'quit' }
  | { do: 'nothing' };
