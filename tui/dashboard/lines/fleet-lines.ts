import { age, type Line, type ScannedFlow, severityMarks, span, summary, visible } from '../../../shared/index.ts';
import { cell, fitted } from '../fit.ts';
import { messages } from '../messages.ts';

const ID_SHOWN = 8;
const AGE = 7;
/** Wide enough for the longest phase and status of the platform; narrow terminals cut the phase first. */
const PHASE = { narrow: 18, wide: 21 };
const STATUS = 20;
const NAME = 26;
const WIDE = 100;
const WITH_NAME = 110;

/** One flow in one row, never wrapped. */
export function fleetLine(flow: ScannedFlow, now: number, width: number): Line {
  const mark = severityMarks[flow.findings[0]?.severity ?? 'healthy'];
  const text = flow.findings.length === 0 ? messages.healthy : summary(flow.findings);
  const phase = cell(visible(flow.phase ?? messages.noPhase), width >= WIDE ? PHASE.wide : PHASE.narrow);
  const name = cell(visible(flow.name ?? messages.noName), NAME, flow.name === null ? 'dim' : 'plain');
  return fitted(
    [
      span(`${mark.glyph} `, mark.tone),
      span(`${flow.flowId.slice(0, ID_SHOWN)} `, 'title'),
      ...(width >= WITH_NAME ? [name, span(' ')] : []),
      phase,
      span(' '),
      cell(visible(flow.status), STATUS),
      cell(age(flow.updatedAt, now), AGE, 'dim', 'right'),
      span('  '),
      span(text, mark.tone),
    ],
    width,
  );
}
