import { inspect } from 'node:util';

const HIDDEN = '[hidden]';

/** Shorter pieces of a base64 text are found everywhere by chance. */
const LEAST_PIECE = 8;

/** JSON deeper than this comes from nobody who means well; it is not followed. */
const MAX_DEPTH = 40;

/**
 * A value that must not be shown: a password-bearing URL, a token. Printing, logging, inspecting or serialising it
 * gives `[hidden]`; only {@link Secret.reveal} gives the value, to the driver or the HTTP client that needs it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /**
   * Takes this secret, also URL-encoded or in base64, out of a text that came from elsewhere, such as an error of a
   * server. To be done before the text is cut: half a secret is not found.
   */
  hideIn(text: string): string {
    if (this.#value === '') return text;
    // One pass over all spellings: what was hidden is not looked at again.
    return text.replaceAll(new RegExp(spellingsOf(this.#value).map(literally).join('|'), 'gi'), HIDDEN);
  }

  /** Takes this secret out of every key and value of JSON that came from elsewhere. */
  hideInJson(json: unknown, depth = MAX_DEPTH): unknown {
    if (typeof json === 'string') return this.hideIn(json);
    if (typeof json === 'number') return this.hideIn(String(json)) === String(json) ? json : HIDDEN;
    if (typeof json !== 'object' || json === null) return json;
    if (depth === 0) return '…';
    if (Array.isArray(json)) return json.map((item) => this.hideInJson(item, depth - 1));
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => [this.hideIn(key), this.hideInJson(value, depth - 1)]),
    );
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** How a server may repeat a secret: as it is, URL-encoded, inside a JSON text, or inside a base64 text. */
function spellingsOf(value: string): string[] {
  const inBase64 = [0, 1, 2].map((before) => base64After(before, value)).filter((piece) => piece.length >= LEAST_PIECE);
  const all = [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    ...inBase64,
    ...inBase64.map((piece) => piece.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

/** The base64 digits that a text gives where so many bytes stand before it, without those that it shares with others. */
function base64After(before: number, text: string): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

function literally(text: string): string {
  return text.replaceAll(/[^a-z0-9]/gi, '\\$&');
}
