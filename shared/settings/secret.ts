import { inspect } from 'node:util';

const HIDDEN = '[hidden]';

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

  /** Takes this secret out of a text that came from elsewhere, such as an error of a server. */
  hideIn(text: string): string {
    return this.#value.length < 4 ? text : text.replaceAll(this.#value, HIDDEN);
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
