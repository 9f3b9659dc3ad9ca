import type { FailedFlow, Line } from '../../../shared/index.ts';
import { span, visible } from '../../../shared/index.ts';
import { failedLine } from '../lines/many-lines.ts';
import { panelLines } from '../lines/panel-lines.ts';
import type { Panel } from '../state/panel.ts';
import type { State } from '../state/state.ts';
import { fitted } from './fit.ts';

/** The rows of a panel, of which only those in view are made: a plan may name a hundred thousand flows. */
export interface PanelRows {
  readonly count: number;
  view(from: number, height: number): Line[];
}

interface Tail {
  readonly count: number;
  row(index: number): Line;
}

/** What the panel has to say, and below it the flows that it is about, one by one. */
export function panelRows(state: State, width: number): PanelRows {
  const head = panelLines(state, width);
  const tail = state.help || !state.panel ? NO_TAIL : tailOf(state.panel, width);
  return {
    count: head.length + tail.count,
    view(from, height) {
      const below = Math.max(0, from - head.length);
      const room = Math.max(0, from + height - Math.max(from, head.length));
      const length = Math.max(0, Math.min(room, tail.count - below));
      return [
        ...head.slice(from, from + height),
        ...Array.from({ length }, (_, index) => fitted(tail.row(below + index), width)),
      ];
    },
  };
}

const NO_TAIL: Tail = { count: 0, row: () => [] };

function tailOf(panel: Panel, width: number): Tail {
  if (panel.kind === 'question' && panel.question.kind === 'applyMany') {
    const { sums, trial } = panel.question;
    return together(idRows(sums.flows, width), failedRows(trial.failed));
  }
  if (panel.kind === 'question' && panel.question.kind === 'undo') {
    const { plan, failed = [] } = panel.question;
    return plan.flows.length > 1 ? together(idRows(plan.flows, width), failedRows(failed)) : failedRows(failed);
  }
  if (panel.kind === 'question' && panel.question.kind === 'undoRun') {
    const { parts, failed } = panel.question.draft;
    return together(
      idRows(
        parts.flatMap(({ flows }) => flows),
        width,
      ),
      failedRows(failed),
    );
  }
  if (panel.kind === 'many mended') return failedRows(panel.ended.failed);
  if (panel.kind === 'none to mend') return failedRows(panel.trial.failed);
  return panel.kind === 'mending' ? failedRows(panel.mending.progress?.failed ?? []) : NO_TAIL;
}

const ID = 36;
const GAP = '  ';

function together(first: Tail, then: Tail): Tail {
  return {
    count: first.count + then.count,
    row: (index) => (index < first.count ? first.row(index) : then.row(index - first.count)),
  };
}

/** As many ids beside each other as fit. */
function idRows(ids: readonly string[], width: number): Tail {
  const columns = Math.max(1, Math.floor(width / (GAP.length + ID)));
  return {
    count: Math.ceil(ids.length / columns),
    row: (index) => ids.slice(index * columns, (index + 1) * columns).map((id) => span(`${GAP}${visible(id)}`)),
  };
}

function failedRows(failed: readonly FailedFlow[]): Tail {
  return {
    count: failed.length,
    row(index) {
      const flow = failed[index];
      return flow ? failedLine(flow) : [];
    },
  };
}
