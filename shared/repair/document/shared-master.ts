/** Why the master of a flow is not written: another flow has it too, and would be put out of step. */
export function masterIsShared(masterId: string, other: string): string {
  return `its master record ${masterId} is that of flow ${other} too: only a person knows with which of them it should agree`;
}
