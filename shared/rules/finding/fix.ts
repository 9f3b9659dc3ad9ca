import type { Change } from '../../flow/change.ts';

/** One way to mend a finding that a person may pick, named by `value`. */
interface Option {
  readonly value: string;
  /** What picking it means, in one line. */
  readonly about: string;
  readonly changes: Change[];
}

/** What a fix would write; what a person can pick from; or why there is nothing that could be written. */
export type Fix =
  | { kind: 'changes'; changes: Change[] }
  | { kind: 'choice'; why: string; options: Option[] }
  | { kind: 'undecided'; why: string };
