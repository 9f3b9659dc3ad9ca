import { discovery } from '../../shared/flow/discovery.ts';
import { MAPPINGS, type Overrides } from '../support/flow.ts';

const STATUSES = ['running', 'processing', 'active', 'paused', 'waiting_for_approval', 'completed', 'failed', 'zombie'];
const MASTER_STATUSES = [...STATUSES, 'initialized', 'initialization'];
const MAPPED = [null, {}, MAPPINGS, { ...MAPPINGS, owner: 'technical_owner' }, 'no object'];
const TIME = '2026-01-01T00:00:00.123456Z';

/** Overrides that break a flow at random, in every way that a rule with a fix knows, and in several at once. */
export function brokenBy(random: () => number): Overrides {
  const of = <T>(some: readonly T[]) => some[Math.floor(random() * some.length)] as T;
  const sometimes = <T>(value: T, otherwise: T) => (random() < 0.3 ? value : otherwise);
  const phases = discovery.phases;
  const complete = Math.floor(random() * (phases.length + 1));
  const flags = Object.fromEntries(
    phases.map(({ flag }, index) => [flag, sometimes(random() < 0.5, index < complete)]),
  );
  const phase = of([
    phases[Math.min(complete, phases.length - 1)]?.name,
    'attribute_mapping',
    of(phases).name,
    null,
    'x',
  ]);
  const persistence = { ...sometimes({ current_phase: of(phases).name }, {}), field_mappings: of(MAPPED) };
  return {
    child: {
      ...flags,
      status: of(STATUSES),
      current_phase: phase,
      progress_percentage: of([0, 16.7, 33.3, 50, 66.7, 83.3, 100, 12]),
      field_mappings: of(MAPPED),
      completed_at: of([null, TIME]),
      error_message: of([null, 'it broke']),
      ...sometimes({ data_import_id: null }, {}),
      ...sometimes({ master_flow_id: null }, {}),
    },
    master: { flow_status: of(MASTER_STATUSES), flow_persistence_data: persistence },
    import: { ...sometimes({ master_flow_id: null }, {}), status: of(['completed', 'processing', 'failed']) },
  };
}
