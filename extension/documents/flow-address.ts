/** What the address of a flow's document says. */
export interface FlowAddress {
  readonly flowId: string;
  /** The label of its database; undefined in addresses that name none, as SARIF has them. */
  readonly database: string | undefined;
}

/** `/<database>/<flow id>.flow`: the path tells which database it is, in the tab's hover and in the breadcrumbs. */
export function flowPath(database: string, flowId: string): string {
  return `/${segmentOf(database)}/${flowId}.flow`;
}

/** The same read back; undefined for a path that is no flow's. `/<flow id>.flow` is one too. */
export function flowAddressIn(path: string): FlowAddress | undefined {
  const [, segment, flowId] = /^(?:\/([^/]+))?\/([0-9a-f-]{36})\.flow$/.exec(path) ?? [];
  return flowId === undefined
    ? undefined
    : { flowId, database: segment?.replaceAll('%2F', '/').replaceAll('%25', '%') };
}

/** The label of a database as one segment of a path. */
export function segmentOf(database: string): string {
  return database.replaceAll('%', '%25').replaceAll('/', '%2F');
}
