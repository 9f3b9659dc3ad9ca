import { approvalPhase, type FlowModel, phaseAfter } from '../flow/model.ts';
import type { FlowState } from './flow-state.ts';

export type Endpoint = 'intelligent' | 'standard';
/** What the request asks the platform for. */
export type Asked = 'to approve' | 'to go on';

/**
 * What a resume call would do. `approves`: the mappings are approved and the flow moves on; `processes`: the status
 * becomes processing and nothing is approved; `restarts`: a new flow replaces this one; `nothing`: the answer says
 * success and nothing happens; `refused`: an error answer.
 */
export interface Prediction {
  readonly effect: 'approves' | 'processes' | 'restarts' | 'nothing' | 'refused';
  /** The endpoint's own word for it: a strategy or a method. */
  readonly strategy: string;
  readonly because: string;
}

/** The intelligent endpoint compares current_phase with this very word; older names of the phase do not count. */
const APPROVABLE_PHASE = 'field_mapping';
const APPROVABLE_STATUSES = ['paused', 'waiting_for_approval', 'waiting_for_user_approval'];
const APPROVABLE_MASTER_STATUSES = ['processing', 'running', 'waiting_for_approval'];
/** A master left at one of them is not resumed without an approval either. */
const LEFT_BEHIND = ['initialization', 'initialized'];
/** A restart reads no more raw records than this. */
const RESTART_READS = 100;

/**
 * Says before the call what an endpoint would do with a flow in this state, by what one install was seen to do
 * (`POST …/resume-intelligent` with action auto, `POST …/resume`).
 */
export function predict(endpoint: Endpoint, state: FlowState, asked: Asked, model: FlowModel): Prediction {
  if (state.status === 'deleted') {
    return { effect: 'refused', strategy: 'none', because: 'the flow is deleted: the endpoint answers 400' };
  }
  return endpoint === 'intelligent' ? predictIntelligent(state, model) : predictStandard(state, asked);
}

function predictIntelligent(state: FlowState, model: FlowModel): Prediction {
  const approval = approvalPhase(model);
  const next = approval && phaseAfter(model, approval);
  const complete = (name: string | undefined) => name !== undefined && state.phasesComplete.includes(name);
  const waits = APPROVABLE_STATUSES.includes(state.status);
  if (waits && state.phaseStored === APPROVABLE_PHASE) {
    return state.childMappings > 0
      ? { effect: 'approves', strategy: 'approve_field_mappings', because: `status is ${state.status}` }
      : {
          effect: 'refused',
          strategy: 'approve_field_mappings',
          because: 'there are no mappings in the child: the endpoint answers 400',
        };
  }
  const lost = waits
    ? `the phase is called ${state.phaseStored}, not ${APPROVABLE_PHASE}`
    : `status is ${state.status}`;
  if (state.status === 'completed') {
    return { effect: 'nothing', strategy: 'already_completed', because: 'the flow is completed' };
  }
  if (state.importLinked && state.rawRecords > 0 && !complete(model.phases[0]?.name)) {
    const left = state.rawRecords - RESTART_READS;
    return {
      effect: 'restarts',
      strategy: 'restart_from_raw_data',
      because: `a new flow replaces this one${left > 0 ? ` and leaves ${left} of ${state.rawRecords} records behind` : ''}`,
    };
  }
  if (complete(model.phases[0]?.name) && !complete(approval?.name)) {
    return {
      effect: 'processes',
      strategy: `resume_${APPROVABLE_PHASE}`,
      because: `${lost}: the status becomes processing and nothing is approved`,
    };
  }
  if (approval && complete(approval.name) && !complete(next?.name)) {
    return { effect: 'processes', strategy: `resume_${next?.name}`, because: `${approval.name} is complete` };
  }
  return { effect: 'processes', strategy: 'continue_from_current', because: 'no other strategy applies' };
}

function predictStandard(state: FlowState, asked: Asked): Prediction {
  if (state.masterStatus === null) {
    return {
      effect: 'processes',
      strategy: 'legacy_crewai_service',
      because: 'there is no master record: the status becomes processing and nothing is approved',
    };
  }
  if (APPROVABLE_MASTER_STATUSES.includes(state.masterStatus) && state.masterMentionsMapping) {
    return {
      effect: 'approves',
      strategy: 'phase_controller',
      because: `the master is ${state.masterStatus} and mentions the mapping phase`,
    };
  }
  if (asked === 'to go on' && !LEFT_BEHIND.includes(state.masterStatus)) {
    return {
      effect: 'processes',
      strategy: 'master_flow_orchestrator',
      because: `the master is ${state.masterStatus}: the flow is resumed as a paused one`,
    };
  }
  return {
    effect: 'nothing',
    strategy: 'master_flow_orchestrator',
    because: state.masterMentionsMapping
      ? `the master is ${state.masterStatus}: an approval would be silently lost`
      : "the master's data does not mention the mapping phase: an approval would be silently lost",
  };
}
