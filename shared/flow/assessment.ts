import { discovery } from './discovery.ts';
import { FlowModel } from './model.ts';

/**
 * The assessment flow of the first platform: another shape than the discovery flow. It has no import and no field
 * mappings; progress is a whole number; and no flags: a phase is complete once `phase_results` has its key.
 *
 * Known from the platform's schema: the table, `status`, `progress`, `current_phase`, `phase_results`, and that its
 * master is a row of the common table with the type `assessment`. Assumed, since no broken install was seen yet: that the
 * columns that every flow has (ids, tenant, name, times) are named as those of discovery flows, that progress is the share
 * of complete phases, the order of the phases, and the words for the statuses beyond those of the master's CHECK
 * (`paused_for_user_input`, `in_progress`, `error`, `deleted`).
 */
export const assessment: FlowModel = FlowModel.parse({
  kind: 'assessment',
  schemas: discovery.schemas,
  child: {
    table: 'assessment_flows',
    columns: {
      id: 'id',
      flowId: 'flow_id',
      masterFlowId: 'master_flow_id',
      client: 'client_account_id',
      engagement: 'engagement_id',
      name: 'flow_name',
      status: 'status',
      progress: 'progress',
      phase: 'current_phase',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
      completedAt: 'completed_at',
    },
  },
  master: { ...discovery.master, persistenceKeys: {} },
  phases: [
    { name: 'initialization', title: 'start' },
    { name: 'architecture_minimums', title: 'architecture' },
    { name: 'tech_debt_analysis', title: 'tech debt' },
    { name: 'component_sixr_strategies', title: '6R' },
    { name: 'app_on_page_generation', title: 'app pages' },
    { name: 'finalization', title: 'finalization' },
  ].map((phase) => ({ ...phase, completeWhen: { jsonColumn: 'phase_results', hasKey: phase.name } })),
  progressDecimals: 0,
  statuses: {
    working: ['initialized', 'active', 'running', 'processing', 'in_progress'],
    waiting: ['paused_for_user_input', 'paused', 'waiting_for_approval'],
    ended: ['completed', 'failed', 'error', 'cancelled', 'deleted'],
    wait: 'paused_for_user_input',
    complete: 'completed',
    failed: ['failed', 'error'],
    retired: ['cancelled', 'deleted'],
  },
  masterStatus: {
    convention: 'match',
    match: {
      initialized: ['initialized'],
      active: ['active', 'running', 'processing'],
      running: ['running', 'processing', 'active'],
      processing: ['processing', 'running', 'active'],
      in_progress: ['in_progress', 'processing', 'running', 'active'],
      paused_for_user_input: ['paused_for_user_input', 'paused', 'waiting_for_approval'],
      paused: ['paused'],
      waiting_for_approval: ['waiting_for_approval'],
      completed: ['completed'],
      failed: ['failed'],
      error: ['failed', 'error'],
      cancelled: ['cancelled'],
      deleted: ['deleted', 'cancelled'],
    },
    lifecycle: {
      initialized: ['initialized'],
      active: ['running'],
      running: ['running'],
      processing: ['running'],
      in_progress: ['running'],
      paused_for_user_input: ['paused'],
      paused: ['paused'],
      waiting_for_approval: ['paused'],
      completed: ['completed'],
      failed: ['failed'],
      error: ['failed'],
      cancelled: ['failed'],
      deleted: ['deleted'],
    },
    seen: discovery.masterStatus.seen,
  },
});
