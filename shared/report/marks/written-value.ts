import { createHash } from 'node:crypto';
import type { NewValue } from '../../flow/change.ts';
import { visible } from '../../words/visible.ts';

/** Most of one value that a person is shown to agree to. */
export const MAX_WRITTEN = 2_000;

/** The very value that a plan writes, made safe; of one that is too long its beginning, its length and its digest. */
export function writtenValue(to: NewValue): string {
  switch (to.kind) {
    case 'now':
      return 'now';
    case 'text':
      return to.text === null ? 'NULL' : whole(to.text);
    case 'member':
      return `{… ${visible(JSON.stringify(to.key))}: ${whole(to.json)}}`;
  }
}

function whole(text: string): string {
  if (text.length <= MAX_WRITTEN) return visible(text, MAX_WRITTEN);
  const digest = createHash('sha256').update(text, 'utf8').digest('hex');
  return `${visible(text, MAX_WRITTEN)} (${text.length} characters, sha256:${digest})`;
}
