import { Failure } from '../../failure.ts';
import type { FlowModel } from '../../flow/model.ts';
import { models } from '../../flow/models.ts';
import { ways } from '../../words/ways.ts';

/** The failure for an id of no flow: it says where the ids of flows of that kind are, unless something better is known. */
export function noSuchFlow({ kind }: FlowModel, id: string, better?: string): Failure {
  const other = kind === models[0]?.kind ? undefined : kind;
  return new Failure('unknown-flow', `No ${kind} flow has the id ${id}.`, {
    next: better ?? `Run ${ways().scanAll(other)} for the ids that exist here.`,
  });
}
