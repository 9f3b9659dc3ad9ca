import { type ActionId, actions, type Ways } from '../shared/index.ts';

const command = (id: ActionId) => `"Flowmend: ${actions[id].title}"`;
const SET_CONNECTION = '"Flowmend: Set Connection"';
/** What only the environment says. */
const variable = (name: string) => `${name} in the environment that VS Code is started with`;
/** A database of the environment has no place in the secret storage. */
const API_OF_ENVIRONMENT = 'for a database of the environment: the setting flowmend.apiUrl';

/** What a person does in VS Code where a sentence of the core asks for it. */
export const editorWays: Ways = {
  scanAll: () => command('scan'),
  diagnose: () => command('diagnose'),
  plan: () => command('apply'),
  apply: () => command('apply'),
  undo: (receipt) => `${command('undo')}, on a flow of receipt ${receipt}`,
  undoRun: (run) => `${command('undo')}, on a flow of run ${run}`,
  journal: command('journal'),
  connect: `Run ${SET_CONNECTION}, or ${command('demo')}.`,
  allowWrites: `Where writing is meant, mark it otherwise by ${SET_CONNECTION}, or start VS Code without FLOWMEND_READ_ONLY.`,
  database: `the connection (${SET_CONNECTION})`,
  connection: `the connection (${SET_CONNECTION})`,
  schema: variable('FLOWMEND_SCHEMA'),
  kind: variable('FLOWMEND_KIND'),
  statementTimeout: variable('FLOWMEND_STATEMENT_TIMEOUT_MS'),
  journalFile: variable('FLOWMEND_JOURNAL_FILE'),
  moreRawRecords: '',
  api: `its address and token by ${SET_CONNECTION} (${API_OF_ENVIRONMENT})`,
  apiAddress: `the address of the API (${SET_CONNECTION}; ${API_OF_ENVIRONMENT})`,
  apiToken: `the token of the API (${SET_CONNECTION})`,
};
