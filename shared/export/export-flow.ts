import { z } from 'zod';
import { diagnoseWithRawData } from '../diagnosis/diagnose.ts';
import { Diagnosis } from '../diagnosis/diagnosis.ts';
import { asFailure } from '../files/as-failure.ts';
import { Receipt } from '../repair/journal/journal.ts';
import { receipts as receiptsOf } from '../repair/journal/journal-place.ts';
import type { FlowFacts } from '../rules/facts/flow-facts.ts';
import { isOwn } from '../rules/facts/import-candidates.ts';
import { notJudged } from '../rules/judge/not-judged.ts';
import { withoutPersonalData, withoutSecrets } from '../secrets/redact.ts';
import type { Session } from '../session.ts';
import { bounded } from '../words/bounded.ts';
import { ways } from '../words/ways.ts';
import { ExportedRecords, readRecords } from './read-records.ts';

/** Everything about one flow as one document. */
export const FlowExport = z.object({
  schemaVersion: z.literal(1),
  /** Why nothing is judged on this install; absent where it is. */
  notJudged: z.string().optional(),
  exportedAt: z.string(),
  flowId: z.string(),
  /** True where personal data and the values of the raw records were replaced too; secrets always are. */
  redacted: z.boolean(),
  diagnosis: Diagnosis,
  /** Every column of every record: JSON as JSON, other values as text. */
  records: ExportedRecords,
  /** What Flowmend wrote to this flow, the newest first; null where the journal cannot be read. */
  receipts: z.array(Receipt).nullable(),
  /** What is not in here, in words. */
  leftOut: z.array(z.string()),
});
export type FlowExport = z.infer<typeof FlowExport>;

export interface ExportOptions {
  /** Replace personal data and the values of raw records. */
  readonly redact?: boolean;
  /** Raw records to export, of all that the flow's imports have. */
  readonly rows?: number;
}

const DEFAULT_ROWS = 1_000;
const MAX_RECEIPTS = 100;
/** Of one value in a receipt. */
const MAX_CHARACTERS = 1_000_000;

/**
 * Reads everything about one flow: its diagnosis with the structure of its raw data, its records column by column and the
 * receipts of its repairs. Bounded; what is left out is said.
 * @throws Failure of naming the flow, or of the connection
 */
export async function exportFlow(session: Session, typed: string, options: ExportOptions = {}): Promise<FlowExport> {
  const { rows = DEFAULT_ROWS, redact = false } = options;
  const { diagnosis, facts } = await diagnoseWithRawData(session, typed);
  const imports = importsOfFlow(facts);
  const ids = imports.map(({ id }) => id);
  const { records, cut } = await readRecords(session, facts, ids, rows);
  const receipts = await receiptsOfFlow(session, diagnosis.flowId);
  const all = imports.reduce((sum, one) => sum + (one.raw_records ?? 0), 0);
  const document: FlowExport = {
    schemaVersion: 1,
    ...notJudged(session),
    exportedAt: new Date().toISOString(),
    flowId: diagnosis.flowId,
    redacted: redact,
    diagnosis,
    records,
    receipts,
    leftOut: [
      ...left(all - records.rawRecords.length, `raw records${ways().moreRawRecords}`),
      ...left((facts.mappingRows?.total ?? 0) - records.mappingRows.length, 'rows of mappings'),
      ...(receipts === null ? ['the receipts: this role may not read the journal'] : []),
      ...cut,
      ...diagnosis.notices,
    ],
  };
  const safe = withoutSecrets(document);
  const hidden = FlowExport.parse(redact ? withoutPersonalData(safe) : safe);
  // Cut after hiding: what is to be hidden is told by keys that a cut may take away.
  return FlowExport.parse({
    ...hidden,
    diagnosis: bounded(hidden.diagnosis),
    receipts: bounded(hidden.receipts, MAX_CHARACTERS),
  });
}

/** Null where this role may not read the journal. */
async function receiptsOfFlow(session: Session, flowId: string): Promise<Receipt[] | null> {
  try {
    return await receiptsOf(session, { flowId, limit: MAX_RECEIPTS });
  } catch (thrown) {
    if (asFailure(thrown).code === 'no-rights') return null;
    throw thrown;
  }
}

/** The linked imports and those that the flow names; what is only near in time may be another flow's. */
function importsOfFlow({ imports }: FlowFacts): FlowFacts['imports'] {
  return imports.filter(isOwn);
}

function left(count: number, what: string): string[] {
  return count > 0 ? [`${count} ${what}`] : [];
}
