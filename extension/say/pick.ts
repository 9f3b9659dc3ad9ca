import * as vscode from 'vscode';
import { labelText } from './place-text.ts';

/** A row to pick. What it says may come from the database; its icon is ours. */
export interface PickRow {
  readonly label: string;
  readonly icon?: string;
  readonly description?: string;
  readonly detail?: string;
}

interface PickOptions {
  readonly title: string;
  readonly placeHolder?: string;
}

/** Lets a person pick one of the rows; undefined where they turn away. */
export async function pick<Row extends PickRow>(rows: readonly Row[], options: PickOptions): Promise<Row | undefined> {
  const items = rows.map((row) => {
    const label = labelText(row.label);
    return {
      label: row.icon === undefined ? label : `$(${row.icon}) ${label}`,
      description: labelText(row.description ?? ''),
      detail: labelText(row.detail ?? ''),
      row,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    ...safeWords(options),
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return picked?.row;
}

interface BoxOptions {
  readonly title: string;
  readonly prompt: string;
  readonly placeHolder?: string;
  readonly value?: string;
  readonly password?: boolean;
  /** What is wrong with what was typed so far; undefined where nothing is. */
  readonly validateInput?: (text: string) => string | undefined;
}

/** Lets a person type a line; undefined where they turn away. */
export async function typed({ validateInput, ...options }: BoxOptions): Promise<string | undefined> {
  return vscode.window.showInputBox({
    ...options,
    ...safeWords(options),
    ignoreFocusOut: true,
    ...(validateInput && {
      validateInput: (text: string) => {
        const problem = validateInput(text);
        return problem === undefined ? undefined : labelText(problem);
      },
    }),
  });
}

function safeWords<Options extends PickOptions & { readonly prompt?: string }>(options: Options) {
  const { title, placeHolder, prompt } = options;
  return {
    title: labelText(title),
    ...(placeHolder === undefined ? {} : { placeHolder: labelText(placeHolder) }),
    ...(prompt === undefined ? {} : { prompt: labelText(prompt) }),
  };
}
