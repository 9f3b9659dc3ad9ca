import { totalsText } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { statusMessage } from '../say/status-message.ts';

/** Scans all flows and shows them in the tree. */
export async function scanCommand({ tree }: Face): Promise<void> {
  tree.refresh();
  statusMessage(totalsText(await tree.scanned()));
}
