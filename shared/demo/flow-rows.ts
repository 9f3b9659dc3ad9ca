/** The rows of one flow as the demo and the tests insert them: column -> value, defaults left out. */
export interface FlowRows {
  readonly master: Record<string, unknown> | undefined;
  readonly imports: readonly Record<string, unknown>[];
  /** The child's table; default: that of discovery flows. */
  readonly table?: string;
  readonly child: Record<string, unknown> | undefined;
  readonly rawRecords: readonly Record<string, unknown>[];
  readonly mappingRows?: readonly Record<string, unknown>[];
}

/** Runs one statement with parameters: pg's client and PGlite both fit. */
export type Run = (text: string, parameters?: unknown[]) => Promise<unknown>;

/** Inserts flows table by table, in the order that the foreign keys ask for. */
export async function insertFlows(run: Run, schema: string, flows: readonly FlowRows[]): Promise<void> {
  await insert(
    run,
    `${schema}.crewai_flow_state_extensions`,
    flows.flatMap(({ master }) => (master ? [master] : [])),
  );
  await insert(
    run,
    `${schema}.data_imports`,
    flows.flatMap(({ imports }) => imports),
  );
  const ofTables = Map.groupBy(flows, ({ table = 'discovery_flows' }) => table);
  for (const [table, some] of ofTables) {
    await insert(
      run,
      `${schema}.${table}`,
      some.flatMap(({ child }) => (child ? [child] : [])),
    );
  }
  await insert(
    run,
    `${schema}.raw_import_records`,
    flows.flatMap(({ rawRecords }) => rawRecords),
  );
  await insert(
    run,
    `${schema}.import_field_mappings`,
    flows.flatMap(({ mappingRows }) => mappingRows ?? []),
  );
}

async function insert(run: Run, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  // Rows that name the same columns go in one statement; the others take their defaults.
  for (const group of Object.values(Object.groupBy(rows, (row) => Object.keys(row).join()))) {
    const columns = Object.keys(group?.[0] ?? {})
      .map((name) => `"${name}"`)
      .join(', ');
    await run(
      `insert into ${table} (${columns})
       select ${columns} from json_populate_recordset(null::${table}, $1::json)`,
      [JSON.stringify(group)],
    );
  }
}
