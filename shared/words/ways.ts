/**
 * How a person does what a sentence of the core asks for: the core says what, the face before them says how. A command goes
 * after a colon or into a sentence, a setting takes the place of a name.
 */
export interface Ways {
  readonly scanAll: (kind: string | undefined) => string;
  readonly diagnose: (flow: string) => string;
  readonly plan: (flow: string) => string;
  readonly apply: (flow: string) => string;
  readonly undo: (receipt: string) => string;
  readonly undoRun: (run: string) => string;
  readonly journal: string;
  /** Says where a database is set, for somebody who has set none. */
  readonly connect: string;
  /** Says how a read-only session becomes one that writes. */
  readonly allowWrites: string;
  readonly database: string;
  /** The connection, wherever it was set. */
  readonly connection: string;
  readonly schema: string;
  readonly kind: string;
  readonly statementTimeout: string;
  readonly journalFile: string;
  /** After a count of raw records that were left out of an export; empty where a face cannot take more. */
  readonly moreRawRecords: string;
  readonly api: string;
  readonly apiAddress: string;
  readonly apiToken: string;
}

const commandLine: Ways = {
  scanAll: (kind) => `\`flowmend scan --all${kind === undefined ? '' : ` --kind ${kind}`}\``,
  diagnose: (flow) => `flowmend diagnose ${flow}`,
  plan: (flow) => `flowmend plan ${flow} -o <file>`,
  apply: (flow) => `flowmend apply ${flow}`,
  undo: (receipt) => `flowmend undo ${receipt}`,
  undoRun: (run) => `flowmend undo ${run}`,
  journal: '`flowmend journal`',
  connect: 'Set FLOWMEND_DATABASE_URL (or DATABASE_URL, or the PG* variables), or try `flowmend demo`.',
  allowWrites: 'Start without --read-only and FLOWMEND_READ_ONLY where writing is meant.',
  database: 'FLOWMEND_DATABASE_URL',
  connection: 'the connection (FLOWMEND_DATABASE_URL, FLOWMEND_READ_URL, DATABASE_URL or PG*)',
  schema: 'FLOWMEND_SCHEMA',
  kind: '--kind or FLOWMEND_KIND',
  statementTimeout: 'FLOWMEND_STATEMENT_TIMEOUT_MS',
  journalFile: 'FLOWMEND_JOURNAL_FILE',
  moreRawRecords: '; --rows takes more',
  api: 'FLOWMEND_API_URL (and FLOWMEND_API_TOKEN)',
  apiAddress: 'FLOWMEND_API_URL',
  apiToken: 'FLOWMEND_API_TOKEN',
};

let current = commandLine;

/** The ways of the face that this process is. */
export function ways(): Ways {
  return current;
}

/** Called once by a face that is not the command line, before it says anything. */
export function speakOf(own: Ways): void {
  current = own;
}
