import { type ActionId, actions, type Failure, nothingSent, sayingWhatWasWritten } from '../../shared/index.ts';

/** What a failure leaves unsaid that ended a command before it changed anything. */
const UNCHANGED: Record<(typeof actions)[ActionId]['writes'], (failure: Failure) => Failure> = {
  nothing: (failure) => failure,
  database: sayingWhatWasWritten,
  platform: nothingSent,
};

/**
 * A failure of a command as a person is told it. Where they cancelled it, nothing was written or sent: once something was,
 * cancelling is told with the outcome and does not fail. Of other failures only what failed can say that.
 */
export function sayingWhatWasChanged(command: string, failure: Failure): Failure {
  const action = Object.values(actions).find(({ id }) => id === command);
  return failure.code === 'cancelled' && action ? UNCHANGED[action.writes](failure) : failure;
}
