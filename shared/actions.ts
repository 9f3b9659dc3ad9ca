import { openDemo } from './demo/open-demo.ts';
import { locate } from './diagnose/locate/locate.ts';
import { scan } from './diagnose/scan/scan.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import type { Diagnosis } from './diagnosis/diagnosis.ts';
import { exportFlow } from './export/export-flow.ts';
import { apply } from './repair/apply/apply.ts';
import { applyMany } from './repair/apply/apply-many.ts';
import type { Receipt } from './repair/journal/journal.ts';
import { receipts } from './repair/journal/journal-place.ts';
import { planRepair } from './repair/plan/plan-repair.ts';
import { preview } from './repair/preview/preview.ts';
import { draftUndo } from './repair/undo/draft-undo.ts';
import { resume } from './resume/resume.ts';
import { watch } from './resume/watch.ts';

/** What a face knows at the moment; an action says from this whether it is offered. */
export interface Situation {
  readonly diagnosis?: Diagnosis | undefined;
  /** What an undo of the flow would take back. */
  readonly receipt?: Receipt | undefined;
  /** The session writes nothing: what would is not offered. */
  readonly readOnly?: boolean | undefined;
}

export interface Action {
  /** VS Code command `flowmend.<id>` and, unless `within` another, subcommand `flowmend <id>`. */
  readonly id: string;
  readonly title: string;
  /** One word for a key bar. */
  readonly word: string;
  /** The subcommand and its option that offer it, where it has no subcommand of its own. */
  readonly within?: { readonly subcommand: string; readonly option: string };
  /** Its key in the dashboard; null for an action that opens a face and does not work inside one. */
  readonly key: string | null;
  /** What it works on. */
  readonly on: 'fleet' | 'flow' | 'receipt' | 'nothing';
  /** What it changes. An action that changes anything asks first. */
  readonly writes: 'nothing' | 'database' | 'platform';
  /** Tries a repair out and rolls it back, which a read-only session cannot. */
  readonly triesOut?: true;
  offered(situation: Situation): boolean;
  /** The function of the core that carries it out. */
  readonly run: (...input: never[]) => unknown;
}

const always = () => true;
const mayWrite = ({ readOnly }: Situation) => readOnly !== true;
/** Of a flow that was not judged no other of its install is. */
const judges = ({ diagnosis }: Situation) => diagnosis?.notJudged === undefined;
const resumable = ({ diagnosis }: Situation) => (diagnosis?.resume.possible ?? false) && !diagnosis?.resume.repairFirst;
const onAFlow = ({ diagnosis }: Situation) => diagnosis !== undefined;
/** Something can be mended, at once or after a person picked. */
const mendable = ({ diagnosis }: Situation) =>
  diagnosis?.recommended.some(({ action }) => action === 'apply' || action === 'choose') ?? false;

/**
 * The one table of actions. VS Code commands, quick fixes and menus, the dashboard's keys and the subcommands are made
 * from it; a test fails when a face lacks one.
 */
export const actions = {
  scan: {
    id: 'scan',
    title: 'Scan all flows',
    word: 'scan',
    key: 's',
    on: 'fleet',
    writes: 'nothing',
    offered: always,
    run: scan,
  },
  diagnose: {
    id: 'diagnose',
    title: 'Diagnose a flow',
    word: 'diagnose',
    key: 'd',
    on: 'flow',
    writes: 'nothing',
    offered: always,
    run: diagnose,
  },
  plan: {
    id: 'plan',
    title: 'Plan a repair',
    word: 'plan',
    key: 'w',
    on: 'flow',
    writes: 'nothing',
    offered: mendable,
    run: planRepair,
  },
  preview: {
    id: 'preview',
    title: 'Preview a repair',
    word: 'preview',
    key: 'p',
    on: 'flow',
    writes: 'nothing',
    triesOut: true,
    offered: (situation) => mendable(situation) && mayWrite(situation),
    run: preview,
  },
  apply: {
    id: 'apply',
    title: 'Apply a repair',
    word: 'mend',
    key: 'm',
    on: 'flow',
    writes: 'database',
    offered: (situation) => mendable(situation) && mayWrite(situation),
    run: apply,
  },
  applyMany: {
    id: 'applyMany',
    title: 'Mend every flow that breaks a rule',
    word: 'mend many',
    within: { subcommand: 'apply', option: '--all' },
    key: 'M',
    on: 'fleet',
    writes: 'database',
    offered: (situation) => mayWrite(situation) && judges(situation),
    run: applyMany,
  },
  undo: {
    id: 'undo',
    title: 'Undo a repair',
    word: 'undo',
    key: 'u',
    on: 'receipt',
    writes: 'database',
    offered: (situation) =>
      situation.receipt !== undefined && situation.receipt.undoneBy === null && mayWrite(situation),
    run: draftUndo,
  },
  resume: {
    id: 'resume',
    title: 'Resume a flow',
    word: 'resume',
    key: 'r',
    on: 'flow',
    writes: 'platform',
    offered: (situation) => resumable(situation) && mayWrite(situation),
    run: resume,
  },
  watch: {
    id: 'watch',
    title: 'Follow a flow until it moves',
    word: 'follow',
    key: 'f',
    on: 'flow',
    writes: 'nothing',
    offered: onAFlow,
    run: watch,
  },
  locate: {
    id: 'locate',
    title: 'Locate a flow in every table',
    word: 'locate',
    key: 'l',
    on: 'flow',
    writes: 'nothing',
    offered: onAFlow,
    run: locate,
  },
  export: {
    id: 'export',
    title: 'Export everything about a flow',
    word: 'export',
    key: 'e',
    on: 'flow',
    writes: 'nothing',
    offered: onAFlow,
    run: exportFlow,
  },
  journal: {
    id: 'journal',
    title: 'List what was repaired',
    word: 'journal',
    key: 'J',
    on: 'fleet',
    writes: 'nothing',
    offered: always,
    run: receipts,
  },
  demo: {
    id: 'demo',
    title: 'Open the demo',
    word: 'demo',
    key: null,
    on: 'nothing',
    writes: 'nothing',
    offered: always,
    run: openDemo,
  },
} as const satisfies Record<string, Action>;

export type ActionId = keyof typeof actions;

/** The actions that are a subcommand of their own. */
export type SubcommandId = {
  [Id in ActionId]: (typeof actions)[Id] extends { readonly within: unknown } ? never : Id;
}[ActionId];

/** All actions in the order in which an incident goes through them. */
export const actionList: readonly Action[] = Object.values(actions);
