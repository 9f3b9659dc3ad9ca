import type { Scan, ScannedFlow } from '../diagnose/scan.ts';
import { type Mark, severityMarks } from './severity-mark.ts';
import { withoutEvidence } from './unsaid.ts';

const NOT_READ: Mark = { glyph: '?', word: 'breaks a rule that could not be read again', tone: 'warn' };

/** How a flow of a scan is marked: by its worst finding; one that broke a rule which could not be read is never healthy. */
export function flowMark(flow: ScannedFlow, scan: Pick<Scan, 'endedEarly'>): Mark {
  return withoutEvidence(flow, scan) ? NOT_READ : severityMarks[flow.findings[0]?.severity ?? 'healthy'];
}
