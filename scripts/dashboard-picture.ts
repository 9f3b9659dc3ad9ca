import { mkdir } from 'node:fs/promises';
import { startBrowser } from '../test/extension/browser.ts';
import { openTerminal, type Terminal } from '../test/support/terminal.ts';

/** Draws the README's picture of the dashboard from the running demo: `npm run build && node scripts/dashboard-picture.ts`. */

const COLUMNS = 100;
const ROWS = 26;
const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const FOREGROUND = '#d8dee9';
const BACKGROUND = '#1e2430';
/** The terminal's own 16 colours, as far as the dashboard uses them. */
const PALETTE: Record<number, string> = { 1: '#ff6b6b', 2: '#8fce72', 3: '#f0c561', 6: '#6cc7d9' };

/** A PNG, because packages of VS Code take no SVG in a README. Wants a font with symbols, like Symbola. */
async function savePicture(svg: string, path: string): Promise<void> {
  const browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, deviceScaleFactor: 2 });
  await page.setContent(`<body style="margin: 0">${svg}</body>`);
  await page.locator('svg').screenshot({ path, omitBackground: true });
  await browser.close();
}

interface Run {
  readonly column: number;
  readonly cells: number;
  readonly text: string;
  readonly colour: string;
  readonly background: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

const terminal = openTerminal(['demo'], { columns: COLUMNS, rows: ROWS });
try {
  await terminal.until('STUCK: waits for an approval');
  await terminal.until(/live 1 s/);
  await mkdir('docs/images', { recursive: true });
  await savePicture(svgOf(terminal), 'docs/images/dashboard.png');
  terminal.press('q');
  await terminal.exited;
} finally {
  terminal.close();
}

function svgOf({ emulator }: Terminal): string {
  const width = Math.ceil(COLUMNS * CELL.width + 2 * MARGIN);
  const height = (ROWS - 1) * CELL.height + 2 * MARGIN;
  const rows = Array.from({ length: ROWS - 1 }, (_, row) => runsOf(emulator, row).map((run) => drawn(run, row)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>The dashboard: the fleet, worst first, and why the chosen flow is stuck</title>',
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14">',
    ...rows.flat(),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Neighbouring cells that look the same, as one piece of text. */
function runsOf(emulator: Terminal['emulator'], row: number): Run[] {
  const { active } = emulator.buffer;
  const line = active.getLine(active.viewportY + row);
  const runs: Run[] = [];
  for (let column = 0; column < COLUMNS; column++) {
    const cell = line?.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const inverse = cell.isInverse() !== 0;
    const colour = cell.isFgDefault() ? FOREGROUND : (PALETTE[cell.getFgColor()] ?? FOREGROUND);
    const look = {
      colour: inverse ? BACKGROUND : colour,
      background: inverse ? colour : undefined,
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
    };
    const last = runs.at(-1);
    const text = cell.getChars() || ' ';
    // Glyphs outside of ASCII may be wider in the reader's font: each keeps its own place.
    const same = last && JSON.stringify(look) === JSON.stringify(lookOf(last)) && isPlain(text) && isPlain(last.text);
    if (last && same) runs[runs.length - 1] = { ...last, text: last.text + text, cells: last.cells + cell.getWidth() };
    else runs.push({ ...look, column, text, cells: cell.getWidth() });
  }
  return runs;
}

function lookOf({ colour, background, bold, dim }: Run): Omit<Run, 'column' | 'text' | 'cells'> {
  return { colour, background, bold, dim };
}

function isPlain(text: string): boolean {
  return /^[\u0020-\u007e─]*$/.test(text);
}

function drawn({ column, cells, text, colour, background, bold, dim }: Run, row: number): string {
  const x = (MARGIN + column * CELL.width).toFixed(1);
  const top = MARGIN + row * CELL.height;
  const width = (cells * CELL.width).toFixed(1);
  const box = background
    ? `<rect x="${x}" y="${top}" width="${width}" height="${CELL.height}" fill="${background}"/>`
    : '';
  if (text.trim() === '') return box;
  const style = `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}`;
  const stretched = isPlain(text) ? ` textLength="${width}" lengthAdjust="spacingAndGlyphs"` : '';
  const baseline = top + CELL.height - 5;
  return `${box}<text x="${x}" y="${baseline}" fill="${colour}"${style}${stretched} xml:space="preserve">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
