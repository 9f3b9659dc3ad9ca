import { exportFlow, jsonText } from '../../shared/index.ts';
import type { Face } from '../face.ts';
import { longWork } from '../say/long-work.ts';
import { pick } from '../say/pick.ts';
import { flowOf } from '../target.ts';

const CHOICES = [
  { label: 'Without personal data', description: 'to be handed on', redact: true },
  { label: 'Everything', description: 'secrets are hidden all the same', redact: false },
];

/** Opens everything about a flow as one JSON document, to be looked at and saved. */
export async function exportCommand(face: Face, target?: unknown): Promise<void> {
  const { connection, previews } = face;
  const typed = await flowOf(face, target);
  if (typed === undefined) return;
  const chosen = await pick(CHOICES, { title: 'Flowmend: what goes into the export?' });
  if (!chosen) return;
  const { redact } = chosen;
  const document = await longWork('reading all of the flow', await connection.session(), (session) =>
    exportFlow(session, typed, { redact }),
  );
  await previews.show(`${jsonText('export', document)}\n`, `flow-${document.flowId.slice(0, 8)}.json`);
}
