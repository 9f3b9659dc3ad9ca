import {
  age,
  type Line,
  type ScannedFlow,
  type Span,
  severityMarks,
  span,
  standingOf,
  summary,
  visible,
} from '../../../shared/index.ts';
import { cell, fitted } from '../screen/fit.ts';
import { messages } from '../words/messages.ts';

/** The chosen row is inverse too, where the terminal can do that. */
const CHOSEN = '›';
const ID = 8;
const STATUS = 20;
const AGE = 7;
/** The longest phase of the platform has 20 letters; narrow terminals cut it before the status. */
const phaseWidth = (width: number) => (width >= 100 ? 21 : 18);
/** Where both do not fit, the status gives way to the reason: the detail says it. */
const showsStatus = (width: number) => width >= 76;
/** A third of the room that the other columns leave, up to a name with an id in it; none where that is too little. */
const nameWidth = (width: number) => (width < 110 ? 0 : Math.min(54, 26 + Math.floor((width - 110) / 3)));

/** One flow in one row, never wrapped. */
export function fleetLine(flow: ScannedFlow, now: number, width: number, chosen = false): Line {
  return lineOf(flow, whyOf(flow), now, width, chosen ? CHOSEN : ' ');
}

/** The chosen flow where it is not in the list. */
export function unlistedLine(flow: ScannedFlow, now: number, width: number): Line {
  return lineOf(flow, messages.unlisted(whyOf(flow)), now, width, CHOSEN);
}

function lineOf(flow: ScannedFlow, why: string, now: number, width: number, cursor: string): Line {
  const mark = severityMarks[standingOf(flow)];
  const row = {
    id: cell(flow.flowId.slice(0, ID), ID, 'title'),
    name: cell(visible(flow.name ?? messages.noName), nameWidth(width), flow.name === null ? 'dim' : 'plain'),
    phase: cell(visible(flow.phase ?? messages.noPhase), phaseWidth(width)),
    status: cell(visible(flow.status), STATUS),
    age: cell(age(flow.updatedAt, now), AGE, 'dim', 'right'),
    why: span(why, mark.tone),
  };
  return fitted([span(`${mark.glyph}${cursor}`, mark.tone), ...inColumns(row, width)], width);
}

function whyOf(flow: ScannedFlow): string {
  if (flow.notJudged) return messages.notJudged;
  return flow.findings.length === 0 ? messages.healthy : summary(flow.findings);
}

/** What the columns are. */
export function fleetHeading(width: number): Line {
  const { flow, name, phase, status, age: old, why } = messages.columns;
  const row = {
    id: cell(flow, ID, 'dim'),
    name: cell(name, nameWidth(width), 'dim'),
    phase: cell(phase, phaseWidth(width), 'dim'),
    status: cell(status, STATUS, 'dim'),
    age: cell(old, AGE, 'dim', 'right'),
    why: span(why, 'dim'),
  };
  return fitted([span('  '), ...inColumns(row, width)], width);
}

type Columns = Record<'id' | 'name' | 'phase' | 'status' | 'age' | 'why', Span>;

function inColumns({ id, name, phase, status, age, why }: Columns, width: number): Span[] {
  const gap = span(' ');
  return [
    ...[id, gap],
    ...(nameWidth(width) > 0 ? [name, gap] : []),
    ...[phase, gap],
    ...(showsStatus(width) ? [status] : []),
    ...[age, gap, gap, why],
  ];
}
