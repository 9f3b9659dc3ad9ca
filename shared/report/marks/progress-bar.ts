/** `█████░░░░░░░░░░░░░░░` for a line of text. */
export function progressBar(done: number, all: number, width = 20): string {
  const full = Math.round((width * done) / Math.max(1, all));
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}
