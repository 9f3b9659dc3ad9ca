import type { FlowRows } from '../../shared/demo/flow-rows.ts';
import type { InstallVariant } from '../../shared/demo/install-schema.ts';
import { complete, flow } from '../support/flow.ts';

type Row = Record<string, unknown>;
/** The keys of one flow's master as links of imports and of raw records hold them. */
interface Keys {
  readonly right: unknown;
  readonly wrong: unknown;
  readonly ofRecords: unknown;
  readonly notOfRecords: unknown;
}

/** What an install lets links hold: any uuid, or keys of masters in one column. */
export interface Links {
  readonly import: 'id' | 'flow_id';
  readonly rawRecords: 'id' | 'flow_id';
  readonly keyed: boolean;
}

const STATUSES = ['processing', 'processing', 'running', 'completed', 'failed'];
/** The id of no record at all. */
const NOBODY = '00000000-0000-4000-8000-00000000dead';

/** Flows of one tenant whose imports and raw records are named and linked at random: rightly, wrongly, to each other. */
export function flowsAtRandom(variant: InstallVariant, links: Links, count: number, random: () => number): FlowRows[] {
  const of = <T>(some: readonly T[]) => some[Math.floor(random() * some.length)] as T;
  const chance = (share: number) => random() < share;
  const tenant = crypto.randomUUID();
  const bases = Array.from({ length: count }, () => {
    const status = of(STATUSES);
    const ended = status === 'completed';
    const rows = flow(variant, {
      tenant,
      child: {
        ...complete(ended ? 6 : of([0, 1, 2])),
        status,
        completed_at: ended ? '2026-01-01T00:00:00Z' : null,
        error_message: status === 'failed' ? 'it broke' : null,
      },
      master: { flow_status: status === 'running' ? 'processing' : status },
    });
    const master = rows.master as Row;
    if (chance(0.15)) master.id = master.flow_id;
    return rows;
  });
  const keysOf = ({ master }: FlowRows): Keys => {
    const [id, flowId] = [master?.id, master?.flow_id];
    const [right, wrong] = links.import === 'id' ? [id, flowId] : [flowId, id];
    const [ofRecords, notOfRecords] = links.rawRecords === 'id' ? [id, flowId] : [flowId, id];
    return {
      right,
      wrong: links.keyed ? right : wrong,
      ofRecords,
      notOfRecords: links.keyed ? ofRecords : notOfRecords,
    };
  };
  const imports = bases.map((rows, index) => {
    const keys = keysOf(rows);
    const other = keysOf(of(bases));
    const lost = links.keyed ? null : NOBODY;
    const linked = (row: Row, share: number): Row => ({
      ...row,
      master_flow_id: chance(share) ? keys.right : of([null, null, keys.wrong, other.right, other.wrong, lost]),
      ...(chance(0.1) ? { client_account_id: crypto.randomUUID() } : {}),
      ...(chance(0.1) ? { engagement_id: null } : {}),
      ...(chance(0.1) ? { total_records: 7 } : {}),
      ...(chance(0.2) ? { created_at: '2025-01-01T00:00:00Z' } : {}),
    });
    const [own] = rows.imports as [Row];
    const second = chance(0.4)
      ? [linked({ ...own, id: crypto.randomUUID(), import_name: `second of ${index}` }, 0.2)]
      : [];
    const some = [linked(own, 0.4), ...second];
    const rawRecords = some.flatMap(({ id }) =>
      rows.rawRecords.map((record) => ({
        ...record,
        id: crypto.randomUUID(),
        data_import_id: id,
        master_flow_id: chance(0.6) ? keys.ofRecords : of([null, keys.notOfRecords, other.ofRecords, lost]),
        ...(chance(0.05) ? { client_account_id: crypto.randomUUID() } : {}),
        ...(chance(0.1) ? { client_account_id: null } : {}),
      })),
    );
    return { some, rawRecords };
  });
  const anyImport = () => of(imports.flatMap(({ some }) => some)).id;
  return bases.map((rows, index) => {
    const { some, rawRecords } = imports[index] as (typeof imports)[number];
    const [own, second] = some;
    const named = () => of([own?.id, own?.id, second?.id ?? own?.id, anyImport()]);
    const pointed = chance(0.4) ? null : !links.keyed && chance(0.1) ? NOBODY : named();
    const child: Row = {
      ...rows.child,
      data_import_id: pointed,
      flow_name: chance(0.3) ? `Discovery Import ${named()}` : 'Servers',
      master_flow_id: chance(0.2) ? null : chance(0.1) ? of(bases).child?.flow_id : rows.child?.master_flow_id,
    };
    const persistence = {
      ...(rows.master?.flow_persistence_data as Row),
      ...(chance(0.2) ? { data_import_id: named() } : {}),
    };
    const master = { ...rows.master, flow_persistence_data: persistence };
    // Without foreign keys a master may be gone.
    return {
      master: !links.keyed && chance(0.07) ? undefined : master,
      imports: some,
      child: chance(0.05) ? undefined : child,
      rawRecords,
    };
  });
}
