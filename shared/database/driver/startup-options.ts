import { Failure } from '../../failure.ts';

/** Settings of the server by their names, as a person gives them with a connection: `-c name=value --name=value`. */
export type ServerSettings = Readonly<Record<string, string | number>>;

/**
 * The settings in a connection's `options`. They are set for each transaction, as all others are.
 * @throws Failure `settings-invalid` for anything that is no setting, without repeating it
 */
export function startupOptions(options: string): ServerSettings {
  // A backslash keeps the character after it, as libpq has it.
  const words = options.match(/(?:\\.|[^\s\\])+/g)?.map((word) => word.replaceAll(/\\(.)/g, '$1')) ?? [];
  const settings: Record<string, string> = {};
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const assignment = word === '-c' ? words.shift() : /^(?:-c|--)(.+)$/.exec(word)?.[1];
    const [, name, value] = /^([\w.-]+)=(.*)$/s.exec(assignment ?? '') ?? [];
    if (name === undefined || value === undefined) {
      throw new Failure('settings-invalid', 'The options of the connection hold something that is no setting.', {
        next: 'They should look like -c name=value, of which there may be several.',
      });
    }
    settings[inTransaction(name.replaceAll('-', '_'))] = value;
  }
  return settings;
}

/** What a default is for the transactions to come is, for the one that has begun, a setting of its own. */
function inTransaction(name: string): string {
  return name === 'default_transaction_read_only' ? 'transaction_read_only' : name;
}
