import type { Connection } from './connection/connection.ts';
import type { FlowDocuments } from './documents/flow-documents.ts';
import type { PreviewDocuments } from './documents/preview-documents.ts';
import type { MendingItem } from './mending/mending-item.ts';
import type { FlowTree } from './tree/flow-tree.ts';

/** What the commands of this face work with. */
export interface Face {
  readonly connection: Connection;
  readonly tree: FlowTree;
  readonly documents: FlowDocuments;
  readonly previews: PreviewDocuments;
  readonly mending: MendingItem;
}
