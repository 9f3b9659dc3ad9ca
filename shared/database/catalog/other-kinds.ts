import { servesAs } from '../../flow/columns.ts';
import type { FlowModel } from '../../flow/model.ts';
import { models } from '../../flow/models.ts';
import type { TableName } from '../sql/identifier.ts';
import type { FoundTable } from '../sql/table.ts';
import { codeNotices } from './fit-table.ts';

/** Flows of another kind, as far as this install tells which masters they have: all kinds share one table of masters. */
export interface OtherKind {
  readonly table: TableName;
  readonly flowId: string;
  /** NULL where the table has no such column. */
  readonly masterFlowId: string | null;
}

export interface OtherKinds {
  readonly seen: readonly OtherKind[];
  /** What of them cannot be seen, in words. */
  readonly notices: readonly string[];
}

/** The models of the other kinds of flows whose masters stand in the same table. */
export function otherModels(model: FlowModel): FlowModel[] {
  return models.filter((one) => one.child.table !== model.child.table && one.master.table === model.master.table);
}

/** Those of the other kinds of which this install has flows. */
export function otherKinds(model: FlowModel, schema: string, found: readonly FoundTable[]): OtherKinds {
  const here = otherModels(model).flatMap(({ child }) => {
    const table = found.find((one) => one.schema === schema && one.name === child.table);
    return table ? [fitted(child.columns, table)] : [];
  });
  return {
    seen: here.flatMap(({ kind }) => kind ?? []),
    notices: here.flatMap(({ table, whole, kind, code }) => [
      ...(whole
        ? []
        : [
            `this role does not see all flows of ${table}: a master that one of them has too is not known to be shared`,
          ]),
      ...(kind ? codeNotices(table, code) : []),
    ]),
  };
}

function fitted(
  { flowId, masterFlowId }: FlowModel['child']['columns'],
  { schema, name, columns, row_security, code }: FoundTable,
): { table: string; whole: boolean; code: string | null; kind?: OtherKind } {
  const serves = (wanted: string) =>
    columns.some((one) => one.name === wanted && one.readable && one.code === null && servesAs(one.type, 'uuid'));
  if (!serves(flowId)) return { table: name, whole: false, code };
  const named = serves(masterFlowId);
  return {
    table: name,
    code,
    whole: !row_security && (named || !columns.some((one) => one.name === masterFlowId)),
    kind: { table: { schema, name }, flowId, masterFlowId: named ? masterFlowId : null },
  };
}
