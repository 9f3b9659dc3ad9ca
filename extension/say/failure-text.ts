import { asFailure, visible } from '../../shared/index.ts';
import { fail, inform } from './notify.ts';

/** One line for people and what to do next; never a stack trace. */
export function failureText(thrown: unknown): string {
  const { message, next } = asFailure(thrown);
  return visible(next ? `${message} ${next}` : message, 600);
}

/** Who cancelled something is told what became of it, and not that it failed. */
export function showFailure(thrown: unknown): void {
  const show = asFailure(thrown).code === 'cancelled' ? inform : fail;
  void show(failureText(thrown));
}
