/** Something in the schema of the flows that only a later generation of the platform has. */
export interface LaterMark {
  readonly kind: 'table' | 'column' | 'constraint';
  readonly name: string;
  /** The table that has the column or the constraint. */
  readonly of?: string;
  /** The first day on which the platform had it. */
  readonly since: string;
  /** Where the platform makes it: a commit of amitcjmu/Stock-Analysis and its file in backend/alembic/versions. */
  readonly source: string;
}

/**
 * Marks of later generations than July 2025, whose rules Flowmend does not know yet. Each decides alone, whatever else the
 * install kept: an older install that was upgraded keeps its keys and checks. That links point to the master's flow_id,
 * that an optional column or a table is missing, is none: installs of July 2025 have that too.
 */
export const laterMarks: readonly LaterMark[] = [
  {
    kind: 'table',
    name: 'collection_flows',
    since: '2025-07-19',
    source: 'fbfc7a6a7, 003_add_collection_flow_tables.py',
  },
  {
    kind: 'column',
    of: 'discovery_flows',
    name: 'data_validation_completed',
    since: '2025-10-15',
    source: '94821f5ef, 092_add_data_validation_completed.py',
  },
  {
    kind: 'constraint',
    of: 'discovery_flows',
    name: 'fk_discovery_flows_engagement_hierarchy',
    since: '2025-12-05',
    source: '1601619aa, 150_security_and_data_integrity.py',
  },
  { kind: 'table', name: 'stocks', since: '2025-12-13', source: '456ea5e53, 156_create_stock_tables.py' },
  { kind: 'table', name: 'watchlists', since: '2025-12-13', source: '456ea5e53, 157_create_watchlist_table.py' },
];
