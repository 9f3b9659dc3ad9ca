/** What a piece of text means; each face gives it its own colour. Meaning never rests on the tone alone. */
export type Tone = 'plain' | 'title' | 'dim' | 'good' | 'bad' | 'warn' | 'note';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** The text of lines without their tones. */
export function plain(lines: readonly Line[]): string {
  return lines
    .map((line) =>
      line
        .map((one) => one.text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
