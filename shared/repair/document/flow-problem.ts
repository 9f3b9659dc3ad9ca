/** Why a flow is not, or would not be, what its plan promises. */
export interface Problem {
  readonly flowId: string;
  readonly what: string;
}
