import type { ActionId, actions } from '../../../shared/index.ts';

/** The actions that have a key in the one table of actions. */
export type KeyedActionId = { [Id in ActionId]: (typeof actions)[Id]['key'] extends string ? Id : never }[ActionId];
