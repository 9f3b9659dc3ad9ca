/** How the rows of the terminal are shared out. */
export interface Layout {
  readonly width: number;
  /** Rows of the whole frame. */
  readonly height: number;
  readonly list: number;
  readonly detail: number;
  /** Rows of a panel, which covers list and detail. */
  readonly panel: number;
}

/** Header, the line under it, the title of the detail or panel, status line, key bar. */
const FIXED_ROWS = 5;
const LEAST_LIST = 3;

/**
 * One row less than the terminal has: a frame that fills it makes Ink clear the screen for every frame. One column
 * less, so that a character which the terminal draws wider than expected does not wrap the row.
 */
export function layoutOf(columns: number, rows: number): Layout {
  const height = Math.max(1, rows - 1);
  const body = Math.max(2, height - FIXED_ROWS);
  const list = Math.max(Math.min(LEAST_LIST, body - 1), Math.floor(body * 0.45));
  return { width: Math.max(10, columns - 1), height, list, detail: body - list, panel: body };
}

/** The first row of a window of `height` rows over `count`, so that `index` is in view, in the middle where it can be. */
export function windowTop(index: number, count: number, height: number): number {
  return Math.max(0, Math.min(index - Math.floor(height / 2), count - height));
}
