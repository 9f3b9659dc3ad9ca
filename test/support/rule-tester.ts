import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowRows } from '../../shared/demo/flow-rows.ts';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { discovery } from '../../shared/flow/discovery.ts';
import { apply } from '../../shared/repair/apply/apply.ts';
import { planUndo } from '../../shared/repair/check/plan-undo.ts';
import { planRepair } from '../../shared/repair/plan/plan-repair.ts';
import { rules } from '../../shared/rules/builtin/index.ts';
import type { Evidence } from '../../shared/rules/finding/finding.ts';
import { LOOKED_UP_IN, type Reach } from '../../shared/rules/relation/looked-up.ts';
import { columnsNamed } from '../../shared/rules/rule/rule.ts';
import type { WriteSession } from '../../shared/session.ts';
import { flow, type Overrides } from './flow.ts';
import { type Install, makeInstall } from './install.ts';

/** The rows of a flow, and of others that it takes for it to be what it is. */
type Rows = FlowRows & { readonly flowId: string; readonly others?: readonly FlowRows[] };

/** A flow that one clause of the rule keeps from being reported. It may break other rules. */
export interface NearMiss {
  /** The clause, in words. */
  readonly name: string;
  readonly rows: (variant: InstallVariant) => Rows;
  /** True for the installs on which such a flow can exist; default: all. */
  readonly on?: (variant: InstallVariant) => boolean;
}

/** The near misses of a rule: for every clause that keeps its predicate from being too eager, a flow that it holds back. */
export type Valid = readonly [NearMiss, NearMiss, ...NearMiss[]];

/** A near miss in each of these statuses of the child. */
export function inEach(statuses: readonly string[], overrides: (status: string) => Overrides): NearMiss[] {
  return statuses.map((status) => ({
    name: `in status ${status}`,
    rows: (variant) => flow(variant, overrides(status)),
  }));
}

/** Where nothing refuses a link by the wrong key of the master. */
export const noForeignKey = ({ linkTarget }: InstallVariant): boolean => linkTarget === 'none';

/** Where a master may hold any word. */
export const noStatusCheck = ({ statusCheck }: InstallVariant): boolean => !statusCheck;

/**
 * Makes the install newer than its rows: its CHECK takes `running` no more. NOT VALID: it holds for every write from now on, and
 * not for the rows that are there.
 */
export function takeRunningNoMore(schema: string): string {
  return `alter table ${schema}.crewai_flow_state_extensions add constraint newer check (flow_status <> 'running') not valid`;
}

export interface Case {
  readonly broken: (variant: InstallVariant) => Rows;
  /** The same flow as it should be. */
  readonly healthy: (variant: InstallVariant) => FlowRows & { flowId: string };
  /** What the rule must not report, in the same database. */
  readonly valid: Valid;
  readonly message: string;
  readonly evidence: Partial<Evidence>[];
  /** Findings of other rules that such a flow cannot be without. */
  readonly also?: readonly string[];
  /** `fix`: mended by a plan; `choose`: by a plan with this choice made; `left`: told, with the reason why no plan mends it. */
  readonly ends: 'fix' | { choose: (broken: FlowRows) => string } | { left: string };
  /** How far the scan reaches that finds the same; default: a plain one. */
  readonly reach?: Reach;
  /** How many choices are offered; default: any number. */
  readonly options?: number;
  /** Run once the rows are there: what makes the install such that they are broken. */
  readonly after?: (schema: string) => string;
  /** Default: every byte comes back. */
  readonly undo?: 'refused by the database';
  /** The installs on which such a flow can exist; default: all kinds. */
  readonly on?: readonly InstallVariant[];
}

/** Findings that say what is, not what is wrong: the healthy twin has them too. */
const NO_DAMAGE = ['approval-pending', 'phase-legacy-name'];

const VARIANTS: readonly InstallVariant[] = [
  { schema: 'migration', linkTarget: 'id', statusCheck: false },
  { schema: 'migration', linkTarget: 'flow_id', statusCheck: true },
  { schema: 'public', linkTarget: 'none', statusCheck: true },
  { schema: 'public', linkTarget: 'flow_id', statusCheck: false, lacksOptionalTables: true, swapsJson: true },
];

function nameOf({ schema, linkTarget, statusCheck, lacksOptionalTables, swapsJson }: InstallVariant): string {
  const more = [lacksOptionalTables && 'no raw records', swapsJson && 'json swapped'].filter(
    (one) => one !== undefined,
  );
  return [schema, `link to ${linkTarget}`, `checks ${statusCheck}`, ...more].join(', ');
}

/** One install a file and variant, for the cases that leave the tables as they are: making one costs more than a test. */
const installsOfFile = new Map<InstallVariant, Promise<{ install: Install; session: WriteSession }>>();

function installOfFile(variant: InstallVariant): Promise<{ install: Install; session: WriteSession }> {
  const made =
    installsOfFile.get(variant) ??
    makeInstall('PostgreSQL', () => [], variant).then(async (install) => ({
      install,
      session: await install.session(),
    }));
  installsOfFile.set(variant, made);
  return made;
}

afterAll(async () => {
  for (const made of installsOfFile.values()) await (await made).install.close();
});

/** Where its predicate looks into a table that the install does not have, a rule cannot be asked. */
function canBeAsked(id: string, { lacksOptionalTables }: InstallVariant): boolean {
  const rule = rules.find((one) => one.id === id);
  if (!rule) throw new Error(`There is no rule ${id}.`);
  const lookedInto = columnsNamed(rule, discovery).map((name) => LOOKED_UP_IN[name]);
  return !lacksOptionalTables || !lookedInto.some((record) => record === 'rawRecords' || record === 'mappingRows');
}

/**
 * The contract of a rule, on real PostgreSQL and on every kind of install: a broken flow yields exactly this finding,
 * alone and in a scan; applying its plan mends it and touches nothing else; undoing gives every byte back; the healthy
 * twin yields nothing, and no near miss of the rule yields it.
 */
export function testRule(rule: string, name: string, given: Case): void {
  describe.each((given.on ?? VARIANTS).map((variant) => ({ title: nameOf(variant), variant })))(
    `${rule}: ${name} ($title)`,
    ({ variant }) => {
      let install: Install;
      let session: WriteSession;
      const broken = given.broken(variant);
      const healthy = given.healthy(variant);
      const nearMisses = given.valid
        .filter(({ on }) => on === undefined || on(variant))
        .map(({ name: clause, rows }) => ({ name: clause, ...rows(variant) }));
      const expected = [rule, ...(given.also ?? [])].sort();

      beforeAll(async () => {
        const all: Rows[] = [broken, healthy, ...nearMisses];
        const rows = all.flatMap(({ others = [], ...one }) => [...others, one]);
        if (given.after) {
          install = await makeInstall('PostgreSQL', () => rows, variant);
          await install.query(given.after(variant.schema));
          session = await install.session();
        } else {
          ({ install, session } = await installOfFile(variant));
          await install.refill(rows);
        }
      });
      if (given.after) afterAll(() => install.close());
      if (!canBeAsked(rule, variant)) {
        test('not asked here, and the answer says so', async () => {
          const { diagnosis } = await diagnose(session, broken.flowId);
          expect(diagnosis.findings.map((finding) => finding.rule)).not.toContain(rule);
          for (const { notAsked } of [diagnosis, await scan(session)]) {
            expect(notAsked).toContainEqual({ rule, why: expect.stringContaining('there is no '), custom: false });
          }
        });
        return;
      }
      const rulesOf = async (flowId: string) =>
        (await diagnose(session, flowId)).diagnosis.findings.map((f) => f.rule).sort();

      test('broken: exactly this finding, with its evidence', async () => {
        const { diagnosis } = await diagnose(session, broken.flowId);
        expect(diagnosis.findings.map((finding) => finding.rule).sort()).toEqual(expected);
        const finding = diagnosis.findings.find((one) => one.rule === rule);
        expect(finding?.message).toEqual(given.message);
        expect(finding?.evidence).toMatchObject(given.evidence);
        for (const one of finding?.evidence ?? []) expect(one.why).not.toBe('');
      });

      test('the same in a scan', async () => {
        const { flows } = await scan(session, given.reach === undefined ? {} : { reach: given.reach });
        const { diagnosis } = await diagnose(session, broken.flowId);
        expect(flows.find((flow) => flow.flowId === broken.flowId)?.findings).toEqual(diagnosis.findings);
      });

      test('healthy twin: no finding of this rule', async () => {
        expect(await rulesOf(healthy.flowId)).toEqual(given.also?.filter((id) => NO_DAMAGE.includes(id)) ?? []);
      });

      test.each(['open flows', 'every flow'] as const)(
        'near misses: not this finding, in a scan of %s',
        async (reach) => {
          const { flows } = await scan(session, { reach, healthy: true });
          const reported = new Set(
            flows.filter(({ findings }) => findings.some((one) => one.rule === rule)).map(({ flowId }) => flowId),
          );
          expect(nearMisses.filter(({ flowId }) => reported.has(flowId)).map(({ name: clause }) => clause)).toEqual([]);
          const listed = flows.map(({ flowId }) => flowId);
          for (const { child } of nearMisses) if (child) expect(listed).toContain(child.flow_id);
        },
      );

      const { ends } = given;
      const mends = ends === 'fix' || 'choose' in ends;
      test(mends ? 'mended by its plan, given back by undo' : 'told, not mended', async () => {
        const before = await install.everyRow();
        const { facts } = await diagnose(session, broken.flowId);
        const undecided = planRepair(session, facts, { rules: [rule] });
        if (ends !== 'fix') {
          expect(undecided.leftOut).toMatchObject([{ rule, reason: 'left' in ends ? ends.left : 'choice' }]);
          expect(undecided.steps).toEqual([]);
          if (given.options !== undefined) expect(undecided.leftOut[0]?.options).toHaveLength(given.options);
          if ('left' in ends) return;
        }
        const plan =
          ends === 'fix'
            ? undecided
            : planRepair(session, facts, { rules: [rule], choices: { [rule]: ends.choose(broken) } });
        const applied = await apply(session, plan, { createJournal: true });
        if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
        expect(await rulesOf(broken.flowId)).toEqual(expected.filter((id) => id !== rule));
        expect(applied.receipt.changes.every((change) => change.flowId === broken.flowId)).toBe(true);
        const undo = apply(session, planUndo(session, applied.receipt), { createJournal: false });
        if (given.undo) return expect(await undo).toMatchObject({ kind: 'not verified' });
        const undone = await undo;
        expect(undone.kind).toBe('applied');
        expect(await install.everyRow()).toEqual(before);
      });
    },
  );
}
