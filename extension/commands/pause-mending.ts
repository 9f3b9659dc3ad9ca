import type { Face } from '../face.ts';

/** Pauses a run of many flows after the running batch; again: lets it go on. */
export async function pauseMendingCommand({ mending }: Face): Promise<void> {
  mending.pause();
}
