import type { Panel } from '../state/panel.ts';

/** Which panel stands on the screen: only a question that was drawn is answered by a key. */
export interface DrawnPanel {
  /** The frame that is being made shows this panel. */
  readonly made: (panel: Panel | null) => void;
  /** The frame that was made last is on its way to the screen. */
  readonly drawn: () => void;
  readonly get: () => Panel | null;
}

export function drawnPanel(): DrawnPanel {
  let next: Panel | null = null;
  let shown: Panel | null = null;
  return {
    made(panel) {
      next = panel;
    },
    drawn() {
      shown = next;
    },
    get: () => shown,
  };
}
