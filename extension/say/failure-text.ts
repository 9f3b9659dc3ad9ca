import { asFailure, visible } from '../../shared/index.ts';
import { fail } from './notify.ts';

/** One line for people and what to do next; never a stack trace. */
export function failureText(thrown: unknown): string {
  const { message, next } = asFailure(thrown);
  return visible(next ? `${message} ${next}` : message, 600);
}

export function showFailure(thrown: unknown): void {
  void fail(failureText(thrown));
}
