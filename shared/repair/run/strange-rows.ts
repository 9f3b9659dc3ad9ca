import type { FlowModel } from '../../flow/model.ts';
import type { Judged } from '../../rules/judge/judge-flows.ts';
import type { Step } from '../document/plan.ts';

/**
 * The steps whose row is no record of their flow, by what was judged inside the transaction after they were written. What a
 * guard says of an import or a raw record was compared with the row before.
 */
export function strangeRows(
  steps: readonly Step[],
  judged: ReadonlyMap<string, Judged>,
  model: FlowModel,
): { readonly flowId: string; readonly what: string }[] {
  const written = Map.groupBy(
    steps.filter(({ record }) => record === 'import'),
    ({ flowId }) => flowId,
  );
  return steps.flatMap((step) => {
    const { flowId, table, key } = step;
    const flow = judged.get(flowId);
    const imports = written.get(flowId) ?? [];
    return flow && isRecordOf(flow, step, imports, model)
      ? []
      : [{ flowId, what: `${table.name} ${key} is no record of flow ${flowId}` }];
  });
}

function isRecordOf(flow: Judged, step: Step, imports: readonly Step[], model: FlowModel): boolean {
  switch (step.record) {
    case 'child':
      return step.key === flow.child_id;
    case 'master':
      return step.key === flow.master_id;
    case 'import':
      return isImportOf(flow, step, model);
    case 'rawRecords': {
      const importId = step.guard[model.rawRecords.columns.importId];
      return importId === flow.import_own || imports.some(({ key }) => key === importId);
    }
  }
}

/** It is the flow's import, or links to the flow, now or before. */
function isImportOf(flow: Judged, { key, guard, writes }: Step, model: FlowModel): boolean {
  const link = model.import.columns.masterFlowId;
  const to = writes.find(({ column }) => column === link)?.to;
  const linked = to?.kind === 'text' && to.text !== null && to.text === flow.link_key;
  const before = guard[link] ?? null;
  return (
    key === flow.import_own || linked || (before !== null && [flow.link_key, flow.link_other_key].includes(before))
  );
}
