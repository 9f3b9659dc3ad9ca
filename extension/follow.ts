import * as vscode from 'vscode';
import { type Sighting, visible, watch, whyNotJudged } from '../shared/index.ts';
import type { Face } from './face.ts';

const EVERY_MS = 500;
const TIMEOUT_MS = 60_000;

/** Follows a flow with a progress notification that can be cancelled, and says honestly whether it moved. */
export async function follow(face: Face, flowId: string, fromPhase?: string | null): Promise<void> {
  const session = await face.connection.session(flowId);
  const last = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Flowmend: following ${flowId.slice(0, 8)}`,
      cancellable: true,
    },
    async (progress, cancelled) => {
      const abort = new AbortController();
      cancelled.onCancellationRequested(() => abort.abort());
      let seen: Sighting | undefined;
      const options = { flowId, timeoutMs: TIMEOUT_MS, everyMs: EVERY_MS, signal: abort.signal };
      for await (const sighting of watch(session, { ...options, ...(fromPhase ? { fromPhase } : {}) })) {
        progress.report({ message: `${visible(sighting.phase ?? '(no phase)')}, ${visible(sighting.status)}` });
        seen = sighting;
      }
      return seen;
    },
  );
  face.documents.refresh(flowId);
  face.tree.refresh();
  const why = whyNotJudged(session);
  if (why !== undefined) {
    void vscode.window.showWarningMessage(`Flowmend: whether it moved is not judged. ${visible(why, 400)}`);
  } else if (last?.moved) {
    void vscode.window.showInformationMessage(`Flowmend: it moved, now in ${visible(last.phase ?? '')}.`);
  } else {
    void vscode.window.showWarningMessage(`Flowmend: it has not moved; it is still in ${visible(last?.phase ?? '?')}.`);
  }
}
