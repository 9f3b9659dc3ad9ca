import type { Diagnosed } from '../../../shared/index.ts';

/** Something of a flow that is not as it was. */
export interface ChangedFact {
  readonly what: string;
  readonly before: string;
  readonly now: string;
}

/** How the flow differs from what was read of it before: what keeps a repair from being verified is not always guarded. */
export function changedFacts(before: Diagnosed['facts'], now: Diagnosed['facts']): readonly ChangedFact[] {
  const [old, current] = [leaves('', before), leaves('', now)];
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((what) => {
    const [was, is] = [old.get(what) ?? NONE, current.get(what) ?? NONE];
    return was === is || TIMES.test(what) ? [] : [{ what, before: was, now: is }];
  });
}

const NONE = 'nothing';
/** What follows from the passing of time, or repeats what another part says. */
const TIMES = /(^|\.)(age|idle|now|seconds|images)(_|\.|$)/;

function leaves(path: string, value: unknown): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, JSON.stringify(value) ?? NONE]]);
  return new Map(Object.entries(value).flatMap(([key, one]) => [...leaves(path === '' ? key : `${path}.${key}`, one)]));
}
