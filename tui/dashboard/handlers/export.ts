import { exportFlow, jsonText, writeNewFile } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';
import { messages } from '../words/messages.ts';

/** Writes everything about the flow as a new file into the current folder. */
export const saveExport: Handler = async ({ session, flowId, notice }) => {
  const document = await exportFlow(session, flowId);
  const time = document.exportedAt.replaceAll(/[^\dT]/g, '').slice(0, 15);
  const file = `flowmend-${flowId.slice(0, 8)}-export-${time}.json`;
  await writeNewFile(file, `${jsonText('export', document)}\n`);
  notice(messages.exported(file), 'good');
};
